import type { Caller } from './auth.ts';

/** No channel and no location has it: ids do not begin with a dot. */
const NOBODYS = '.';

const among = (own: string | undefined, asked: string | undefined): string | undefined =>
  own === undefined || asked === own ? asked : asked === undefined ? own : NOBODYS;

type Asking<Query> = { readonly caller: Caller; readonly query: Query };

/** The channel that a list is narrowed to: a channel sees its own only, and nothing where it asks for another one. */
export const visibleChannel = ({ caller, query }: Asking<{ readonly channelId?: string }>): string | undefined =>
  among(caller.role === 'channel' ? caller.channelId : undefined, query.channelId);

/** The same for the staff of a location. */
export const visibleLocation = ({ caller, query }: Asking<{ readonly locationId?: string }>): string | undefined =>
  among(caller.role === 'locationStaff' ? caller.locationId : undefined, query.locationId);
