import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.h2.mvstore.MVStore;

/** Arguments: the file that holds everything, and the port (0: any). Says on which port it listens; ends with its input. */
class MongoPeer {
  private record Version(List<Integer> getVersionArray, int getWireVersion) implements MongoVersion {}

  public static void main(String[] arguments) throws IOException {
    var store = new MVStore.Builder().fileName(arguments[0]).autoCommitDisabled().open();
    var backend = new H2Backend(store) {
      /** Nothing is answered before it is in the file: a kill must not take back what was acknowledged. */
      @Override
      public Document handleMessage(MongoMessage message) {
        var answer = super.handleMessage(message);
        commit();
        return answer;
      }
    };
    // Of its own accord it says wire version 8; the driver asks for 9 or more.
    var server = new MongoServer(backend.version(new Version(List.of(5, 0, 0), 13)));
    server.bind("127.0.0.1", Integer.parseInt(arguments[1]));
    System.out.println("port " + server.getLocalAddress().getPort());
    // Whoever started it may be killed, and must not leave it behind.
    System.in.transferTo(OutputStream.nullOutputStream());
    Runtime.getRuntime().halt(0);
  }
}
