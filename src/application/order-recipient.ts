import { orderStream } from '../domain/order/order.ts';
import { StreamUnreadable } from './execute-errors.ts';
import type { PersonalData } from './personal-data.ts';
import type { Service } from './service.ts';

/** The personal data an order was placed with, unsealed; null once the person was erased. */
export const recipientOf = async (
  { eventStore, codec, personalData }: Pick<Service, 'eventStore' | 'codec' | 'personalData'>,
  orderId: string,
): Promise<PersonalData | null> => {
  for await (const recorded of eventStore.readStream(orderStream(orderId), { limit: 1 })) {
    const decoded = codec.decode(recorded);
    if (!decoded.ok) throw new StreamUnreadable(recorded.stream, recorded.version, decoded.reason);
    if (decoded.event.type !== 'OrderPlaced') break;
    const { personal } = decoded.event.data;
    return personal === null ? {} : personalData.unseal(personal);
  }
  return {};
};
