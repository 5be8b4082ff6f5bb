const FIRST = 12_000;
const PORTS = 8_000;
const PORTS_EACH = 4;

/**
 * A port for a service that is to come back at the same place, told by test process and `which` (0 to 3). It lies below what
 * systems give to connections that ask for any port (Linux: from 32,768), so that none of them has it meanwhile.
 */
export const ownPort = (which: number): number => FIRST + ((process.pid * PORTS_EACH + which) % PORTS);
