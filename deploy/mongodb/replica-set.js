// For mongosh, on a member of MEMBERS ("host:port,host:port") that knows the user root: makes one replica set of them, waits until it
// takes writes, and gives the service a user who may read and write its two databases and nothing else. May be repeated, for
// instance to change the service's password.
const { MEMBERS, MONGODB_ROOT_PASSWORD, MONGODB_PASSWORD } = process.env;
const members = MEMBERS.split(',').map((host, _id) => ({ _id, host }));

db.getSiblingDB('admin').auth('root', MONGODB_ROOT_PASSWORD);

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

// The primary may be another member than the one that was asked so far.
const login = `root:${encodeURIComponent(MONGODB_ROOT_PASSWORD)}`;
const admin = new Mongo(`mongodb://${login}@${MEMBERS}/?replicaSet=rs0&authSource=admin`).getDB('admin');
const rights = {
  pwd: MONGODB_PASSWORD,
  roles: ['sourcefold', 'sourcefold-vault'].map((name) => ({ role: 'readWrite', db: name })),
};
if (admin.getUser('sourcefold') === null) admin.createUser({ user: 'sourcefold', ...rights });
else admin.updateUser('sourcefold', rights);
