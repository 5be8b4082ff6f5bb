const FIRST = 12_000;
const PORTS = 20_000;
const PORTS_EACH = 10;

/**
 * A port for a service that is to come back at the same place. Files that run in one test process take turns, so `which` tells
 * only the services of one file apart (0 to 9). The port lies below what systems give to connections that ask for any (Linux:
 * from 32,768), so that none of them has it meanwhile.
 */
export const ownPort = (which = 0): number => FIRST + ((process.pid * PORTS_EACH + which) % PORTS);
