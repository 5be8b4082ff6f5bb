import { postcodeAreasOf } from '../domain/places.ts';
import type { Instant } from '../domain/values.ts';
import { createCountryCode } from './import-countries.ts';
import { londonInstant } from './import-london-time.ts';
import type { Cells, OrderBodyLine, OrderHeader, Refusal, RowShape } from './import-rows.ts';
import { acceptedSku, minorUnits, orderedQuantity, quoted, refuse, skip, wholeNumber } from './import-rows.ts';
import { stablePick } from './stable-hash.ts';

/** Postage, carriage, fees, samples, manual entries: what the retailer billed under a stock code but never shipped. */
const notGoods = 'POST,DOT,C2,C3,M,D,S,B,PADS,CRUK,AMAZON,AMAZONFEE,BANK CHARGES,ADJUST,ADJUST2,TEST001,TEST002'.split(
  ',',
);

const isNotGoods = (stockCode: string): boolean => notGoods.includes(stockCode) || stockCode.startsWith('GIFT_');

const customerOf = (cells: Cells): string => {
  const id = (cells.customerid ?? '').replace(/\.0$/, '');
  return id === 'NA' || id === 'NULL' || id === 'nan' ? '' : id;
};

// The Crown dependencies use British postcodes and are countries of their own.
const mainlandAreas = (country: string): readonly string[] =>
  postcodeAreasOf(country).filter((area) => country !== 'GB' || !['GY', 'IM', 'JE'].includes(area));

/** The file has no addresses: the customer's number picks a postcode area of the country. A region, nobody's home. */
const createSyntheticPostcode = () => {
  const areasByCountry = new Map<string, readonly string[]>();
  return (country: string, seed: string): string => {
    const areas = areasByCountry.get(country) ?? mainlandAreas(country);
    areasByCountry.set(country, areas);
    const area = stablePick(seed, areas) ?? '';
    return country === 'GB' ? `${area}1 1AA` : area;
  };
};

const placedAt = (text: string): Instant | null => {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  const iso = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  const [month, day, year] = american === null ? [iso?.[2], iso?.[3], iso?.[1]] : american.slice(1, 4);
  const [hour, minute, second = '0'] = (american ?? iso)?.slice(4, 7) ?? [];
  if (year === undefined || minute === undefined) return null;
  return londonInstant({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  });
};

const readLine = (cells: Cells): OrderBodyLine | Refusal => {
  const { invoiceno = '', stockcode = '', quantity: units = '', unitprice = '' } = cells;
  if (/^C/i.test(invoiceno)) return skip('cancellation', `invoice ${quoted(invoiceno)} cancels an earlier sale`);
  const code = stockcode.toUpperCase();
  if (isNotGoods(code)) return skip('not-a-product', `stock code ${quoted(stockcode)} stands for a fee, not for goods`);
  const whole = wholeNumber(units);
  if (whole !== null && whole <= 0) return skip('not-a-sale', `quantity ${units} corrects the stock, nothing was sold`);
  const unitPrice = minorUnits(unitprice);
  if (unitPrice === 0 && customerOf(cells) === '')
    return skip('not-a-sale', 'without a price and a customer the row corrects the stock, nothing was sold');
  const sku = acceptedSku(code);
  if (typeof sku !== 'string') return sku;
  const quantity = orderedQuantity(units);
  if (typeof quantity !== 'number') return quantity;
  if (unitPrice === null)
    return refuse('price-unreadable', `price ${quoted(unitprice)} is not pounds and whole pence, 0 or more`);
  return { sku, quantity, unitPrice };
};

/** The columns of UCI's *Online Retail*: times of London without zone, prices in pounds, no addresses. */
export const createRetailShape = (): RowShape => {
  const countryCode = createCountryCode();
  const syntheticPostcode = createSyntheticPostcode();
  const readHeader = (cells: Cells, orderNumber: string): OrderHeader | Refusal => {
    const { invoicedate = '', country: countryName = '' } = cells;
    const placed = placedAt(invoicedate);
    if (placed === null)
      return refuse('date-unreadable', `date ${quoted(invoicedate)} is not month/day/year hour:minute`);
    const country = countryCode(countryName);
    if (country === null) return refuse('country-unknown', `${quoted(countryName)} is not a country we know`);
    const customer = customerOf(cells);
    const postcode = syntheticPostcode(country, customer === '' ? `invoice ${orderNumber}` : customer);
    const header = { placedAt: placed, destination: { country, postcode } };
    return customer === '' ? header : { ...header, customer: { name: `Customer ${customer}` } };
  };
  return {
    name: 'UCI Online Retail',
    required: ['invoiceno', 'stockcode', 'quantity', 'invoicedate', 'unitprice', 'customerid', 'country'],
    optional: ['description'],
    orderNumberColumn: 'invoiceno',
    // Real invoices were keyed over a minute or two: the first row's time counts, so the column is not compared.
    headerColumns: ['customerid', 'country'],
    line: readLine,
    header: readHeader,
  };
};
