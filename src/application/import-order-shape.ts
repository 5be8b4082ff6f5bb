import { readInstant } from '../domain/instant.ts';
import { type CountryCode, createCountryCode } from './import-countries.ts';
import type { Cells, OrderBodyLine, OrderHeader, PlaceOrderBody, Refusal, RowShape } from './import-rows.ts';
import { acceptedSku, isRefusal, orderedQuantity, quoted, refuse, wholeNumber } from './import-rows.ts';

/** Only the entries that say something: an absent cell is an absent property. */
const stated = <Entry extends Readonly<Record<string, string>>>(entry: Entry): Partial<Entry> => {
  const said: Partial<Entry> = { ...entry };
  for (const key in said) if (said[key] === '') delete said[key];
  return said;
};

const degrees = (text: string, limit: number): number | null => {
  const value = /^-?\d{1,3}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return Math.abs(value) <= limit ? value : null;
};

const coordinatesOf = (cells: Cells): { latitude: number; longitude: number } | null | Refusal => {
  const { latitude: north = '', longitude: east = '' } = cells;
  if (north === '' && east === '') return null;
  const latitude = degrees(north, 90);
  const longitude = degrees(east, 180);
  if (latitude !== null && longitude !== null) return { latitude, longitude };
  return refuse('coordinates-unreadable', `latitude ${quoted(north)}, longitude ${quoted(east)} is no point on earth`);
};

const destinationOf = (cells: Cells, countryCode: CountryCode): PlaceOrderBody['destination'] | Refusal => {
  const country = countryCode(cells.country ?? '');
  if (country === null) return refuse('country-unknown', `${quoted(cells.country ?? '')} is not a country we know`);
  const coordinates = coordinatesOf(cells);
  if (coordinates !== null && isRefusal(coordinates)) return coordinates;
  const { postcode = '', city = '', street = '' } = cells;
  return { country, postcode, ...stated({ city, street }), ...coordinates };
};

const readLine = (cells: Cells): OrderBodyLine | Refusal => {
  const sku = acceptedSku(cells.sku ?? '');
  if (typeof sku !== 'string') return sku;
  const quantity = orderedQuantity(cells.quantity ?? '');
  if (typeof quantity !== 'number') return quantity;
  const { unitprice = '', lineid = '' } = cells;
  const line = { ...stated({ lineId: lineid }), sku, quantity };
  if (unitprice === '') return line;
  const unitPrice = wholeNumber(unitprice);
  if (unitPrice === null || unitPrice < 0)
    return refuse(
      'price-unreadable',
      `unit price ${quoted(unitprice)} is not a whole number of minor units (pence, cents)`,
    );
  return { ...line, unitPrice };
};

const readHeader = (cells: Cells, countryCode: CountryCode): OrderHeader | Refusal => {
  const { placedat = '', customername = '', customeremail = '', customerphone = '', method = '' } = cells;
  if (method !== '' && method !== 'homeDelivery')
    return refuse('method-unknown', `method ${quoted(method)} is not homeDelivery`);
  const destination = destinationOf(cells, countryCode);
  if (isRefusal(destination)) return destination;
  const placedAt = placedat === '' ? '' : readInstant(placedat);
  if (placedAt === null)
    return refuse(
      'date-unreadable',
      `placedAt ${quoted(placedat)} is not a time with zone such as 2026-11-23T14:20:00Z`,
    );
  const customer = stated({ name: customername, email: customeremail, phone: customerphone });
  return {
    ...stated({ placedAt }),
    ...(Object.keys(customer).length === 0 ? {} : { customer }),
    destination,
  };
};

/** Our own documented columns (docs/import.md). */
export const createOrderShape = (): RowShape => {
  const countryCode = createCountryCode();
  const address = ['country', 'postcode', 'city', 'street', 'latitude', 'longitude'];
  const headerColumns = ['placedat', 'customername', 'customeremail', 'customerphone', ...address, 'method'];
  return {
    name: 'Sourcefold orders',
    required: ['channelordernumber', 'sku', 'quantity', 'country'],
    optional: ['lineid', 'unitprice', ...headerColumns.filter((column) => column !== 'country')],
    orderNumberColumn: 'channelordernumber',
    headerColumns,
    line: readLine,
    header: (cells) => readHeader(cells, countryCode),
  };
};
