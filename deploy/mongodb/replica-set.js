// For mongosh: makes one replica set of MEMBERS ("host:port,host:port") and waits until it takes writes. May be repeated.
const members = process.env.MEMBERS.split(',').map((host, _id) => ({ _id, host }));

const isInitiated = () => {
  try {
    return rs.status().ok === 1;
  } catch (error) {
    // NotYetInitialized
    if (error.code === 94) return false;
    throw error;
  }
};

if (!isInitiated()) rs.initiate({ _id: 'rs0', members });

const deadline = Date.now() + 60_000;
while (!rs.status().members.some(({ stateStr }) => stateStr === 'PRIMARY')) {
  if (Date.now() > deadline) throw new Error('the replica set has no primary after 60 s');
  sleep(500);
}
