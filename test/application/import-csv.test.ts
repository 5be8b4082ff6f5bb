import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { assertHeader, ImportFormatError, readOrders } from '../../src/application/import-csv.ts';
import type { ImportItem } from '../../src/application/import-grouping.ts';
import { placeOf } from '../../src/domain/places.ts';

const retailHeader = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const ownHeader =
  'channelOrderNumber,placedAt,lineId,sku,quantity,unitPrice,customerName,customerEmail,customerPhone,country,postcode,city,street,latitude,longitude,method';

const retailRow = (
  cells: Partial<Record<'no' | 'code' | 'text' | 'units' | 'date' | 'price' | 'who' | 'land', string>>,
) => {
  const row = {
    no: '1',
    code: '22196',
    text: 'SPOONS',
    units: '2',
    date: '12/1/2010 10:03',
    price: '0.85',
    who: '7',
    land: 'France',
    ...cells,
  };
  return [row.no, row.code, row.text, row.units, row.date, row.price, row.who, row.land].join(',');
};

const itemsOf = async (
  text: string,
  { window = 10_000, chunk = 7 }: { window?: number; chunk?: number } = {},
): Promise<ImportItem[]> => {
  async function* pieces() {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  return Array.fromAsync(readOrders(pieces(), { channelId: 'web', window }));
};

const outcome = (items: readonly ImportItem[]) =>
  items.map((item) => (item.kind === 'order' ? item.order.channelOrderNumber : `${item.row} ${item.reason}`));

const retail = (...rows: readonly string[]) => itemsOf([retailHeader, ...rows].join('\n'));

describe('the real invoices of the example file', () => {
  // Counted in the file with awk: rows, distinct invoices, units, and units times pence.
  it('become one order each, without a unit or a penny lost', async () => {
    const items = await Array.fromAsync(
      readOrders(createReadStream('examples/online-retail/online-retail.csv'), { channelId: 'web' }),
    );
    const orders = items.flatMap((item) => (item.kind === 'order' ? [item.order] : []));
    const lines = orders.flatMap((order) => order.lines);
    expect(items.filter((item) => item.kind === 'refused')).toEqual([]);
    expect(lines).toHaveLength(4688);
    expect(new Set(orders.map((order) => order.channelOrderNumber)).size).toBe(236);
    expect(orders).toHaveLength(236);
    expect(Math.max(...orders.map((order) => order.lines.length))).toBe(591);
    expect(lines.reduce((units, line) => units + line.quantity, 0)).toBe(47_252);
    expect(lines.reduce((pence, line) => pence + line.quantity * (line.unitPrice ?? 0), 0)).toBe(9_302_947);
    expect(orders.filter((order) => order.destination.country === 'GB').length).toBeGreaterThan(200);
    expect(orders.every(({ destination }) => placeOf(destination.country, destination.postcode) !== null)).toBe(true);
  });
});

describe('a file in the shape of the UCI data', () => {
  it('is read into the body of an order', async () => {
    const [item] = await retail(
      retailRow({
        no: '536365',
        code: '85123a',
        land: 'United Kingdom',
        who: '17850',
        date: '7/1/2011 8:26',
        price: '2.55',
      }),
      retailRow({
        no: '536365',
        code: '85123A',
        land: 'United Kingdom',
        who: '17850',
        date: '7/1/2011 8:27',
        price: '3',
      }),
    );
    expect(item).toMatchObject({
      kind: 'order',
      rows: [2, 3],
      rowCount: 2,
      order: {
        channelId: 'web',
        channelOrderNumber: '536365',
        placedAt: '2011-07-01T07:26:00.000Z',
        customer: { name: 'Customer 17850' },
        destination: { country: 'GB', postcode: expect.stringMatching(/^[A-Z]{1,2}1 1AA$/) },
        method: 'homeDelivery',
        lines: [
          { sku: '85123A', quantity: 2, unitPrice: 255 },
          { sku: '85123A', quantity: 2, unitPrice: 300 },
        ],
      },
    });
  });

  it('sends the orders of one customer to one place', async () => {
    const [first, second, guest] = await retail(
      retailRow({ no: '1' }),
      retailRow({ no: '2' }),
      retailRow({ no: '3', who: '' }),
    );
    if (first?.kind !== 'order' || second?.kind !== 'order' || guest?.kind !== 'order') throw new Error('no orders');
    expect(second.order.destination).toEqual(first.order.destination);
    expect(guest.order).not.toHaveProperty('customer');
  });

  it('sets aside what was never goods or a sale, and keeps the rest of the invoice', async () => {
    const items = await retail(
      retailRow({ no: '1' }),
      retailRow({ no: '1', code: 'POST' }),
      retailRow({ no: '1', code: 'Bank Charges' }),
      retailRow({ no: 'C2', units: '-2' }),
      retailRow({ no: '3', units: '-10', price: '0', who: '' }),
      retailRow({ no: '4', price: '0', who: '' }),
      retailRow({ no: '5', price: '0' }),
    );
    expect(outcome(items)).toEqual([
      '3 not-a-product',
      '4 not-a-product',
      '5 cancellation',
      '6 not-a-sale',
      '7 not-a-sale',
      '1',
      '5',
    ]);
  });

  it.each([
    ['sku-missing', { code: ' ' }],
    ['sku-unreadable', { code: 'two words' }],
    ['quantity-unreadable', { units: '1.5' }],
    ['quantity-unreadable', { units: '' }],
    ['quantity-unreadable', { units: '99999999999999999999' }],
    ['price-unreadable', { price: '-1.00' }],
    ['price-unreadable', { price: '0.005' }],
    ['price-unreadable', { price: 'NaN' }],
    ['date-unreadable', { date: '2/30/2011 10:00' }],
    ['date-unreadable', { date: 'yesterday' }],
    ['country-unknown', { land: 'Unspecified' }],
    ['country-unknown', { land: 'European Community' }],
    ['order-number-missing', { no: '' }],
  ] as const)('refuses a row with reason %s: %o', async (reason, cells) => {
    expect(outcome(await retail(retailRow({ no: '8' }), retailRow({ no: '9', ...cells })))).toContain(`3 ${reason}`);
  });

  it('knows the countries by the names the data has for them', async () => {
    const lands = ['EIRE', 'Channel Islands', 'RSA', 'USA', 'Netherlands', 'Czech Republic'];
    const items = await retail(...lands.map((land, index) => retailRow({ no: String(index + 1), land })));
    expect(items.map((item) => (item.kind === 'order' ? item.order.destination.country : item))).toEqual([
      'IE',
      'JE',
      'ZA',
      'US',
      'NL',
      'CZ',
    ]);
  });
});

describe('a file in our own shape', () => {
  it('is read into the body of an order, blank header cells meaning the same as in the first row', async () => {
    const [item] = await itemsOf(
      [
        ownHeader,
        'W-1,2026-11-23T15:20:00+01:00,a,TEA.1,2,499,Ann Example,ann@example.org,+44 1,GB,SW1A 1AA,London,1 High St,51.5,-0.14,homeDelivery',
        'W-1,,b,TEA.1,1,,,,,,,,,,,',
      ].join('\r\n'),
    );
    expect(item?.kind === 'order' ? item.order : item).toEqual({
      channelId: 'web',
      channelOrderNumber: 'W-1',
      placedAt: '2026-11-23T14:20:00.000Z',
      customer: { name: 'Ann Example', email: 'ann@example.org', phone: '+44 1' },
      destination: {
        country: 'GB',
        postcode: 'SW1A 1AA',
        city: 'London',
        street: '1 High St',
        latitude: 51.5,
        longitude: -0.14,
      },
      method: 'homeDelivery',
      lines: [
        { lineId: 'a', sku: 'TEA.1', quantity: 2, unitPrice: 499 },
        { lineId: 'b', sku: 'TEA.1', quantity: 1 },
      ],
    });
  });

  it.each([
    ['order-incomplete', 'n,sku,quantity,country', 'W,T,1,GB', 'W,T,0,GB'],
    ['rows-disagree', 'n,sku,quantity,country', 'W,T,1,GB', 'W,T,1,FR'],
    ['line-repeated', 'n,sku,quantity,country,lineId', 'W,T,1,GB,a', 'W,S,1,GB,a'],
    ['columns-missing', 'n,sku,quantity,country', 'W,T,1,GB', 'W,T,1'],
    ['coordinates-unreadable', 'n,sku,quantity,country,latitude,longitude', 'W,T,1,GB,91,0'],
    ['coordinates-unreadable', 'n,sku,quantity,country,latitude,longitude', 'W,T,1,GB,51.5,'],
    ['method-unknown', 'n,sku,quantity,country,method', 'W,T,1,GB,teleport'],
    ['date-unreadable', 'n,sku,quantity,country,placedAt', 'W,T,1,GB,2026-02-30T10:00:00Z'],
    ['date-unreadable', 'n,sku,quantity,country,placedAt', 'W,T,1,GB,2026-02-20T10:00:00'],
    ['date-unreadable', 'n,sku,quantity,country,placedAt', 'W,T,1,GB,2026-02-20T10:00:60Z'],
    ['price-unreadable', 'n,sku,quantity,country,unitPrice', 'W,T,1,GB,4.99'],
    ['quantity-unreadable', 'n,sku,quantity,country', 'W,T,-1,GB'],
  ])('refuses with reason %s and then places nothing of that order', async (reason, header, ...rows) => {
    const items = await itemsOf([header.replace(/^n/, 'channelOrderNumber'), ...rows, ''].join('\n'));
    expect(items.map((item) => item.kind)).toEqual(rows.map(() => 'refused'));
    expect(items.map((item) => (item.kind === 'refused' ? item.reason : ''))).toContain(reason);
  });

  it.each(['2016-12-31T23:59:60Z', '2017-01-01t05:29:60+05:30', '2016-12-31t23:59:59z'])(
    'may write its times in every way of RFC 3339: %s',
    async (placedAt) => {
      const [item] = await itemsOf(`channelOrderNumber,sku,quantity,country,placedAt\nW,T,1,GB,${placedAt}\n`);
      expect(item?.kind === 'order' ? item.order.placedAt : item).toBe('2016-12-31T23:59:59.000Z');
    },
  );

  it('leaves text that a spreadsheet would run as it is: data', async () => {
    const [item] = await itemsOf(
      'channelOrderNumber,sku,quantity,country,customerName\nW,T,1,GB,"=HYPERLINK(""x"")"\n',
    );
    expect(item?.kind === 'order' ? item.order.customer : item).toEqual({ name: '=HYPERLINK("x")' });
  });
});

describe('reading the file', () => {
  it('accepts a byte order mark, any line ends, quotes, blank rows, any case and order of columns', async () => {
    const items = await itemsOf(
      '\uFEFFCOUNTRY,"Quantity",SKU ,ChannelOrderNumber,city\r\n\r\nGB, 2 ,T,W-1,"Stoke, ""on""\nTrent"\r\n,,,,\r\nGB,1,T,W-2,Ünder\r\n',
      { chunk: 1 },
    );
    expect(items.map((item) => (item.kind === 'order' ? [item.rows[0], item.order.destination.city] : item))).toEqual([
      [3, 'Stoke, "on"\nTrent'],
      [5, 'Ünder'],
    ]);
  });

  it.each([
    ['an empty file', ''],
    ['a file of another kind', 'a,b,c\n1,2,3\n'],
    ['a file without header', retailRow({})],
  ])('says which two shapes it knows when given %s', async (_, text) => {
    const error = await itemsOf(text).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ImportFormatError);
    expect(String(error)).toMatch(/UCI Online Retail \(invoiceno.*Sourcefold orders \(channelordernumber/);
    await expect(assertHeader(Readable.from([text]))).rejects.toThrow(String(error).replace(/^\w+: /, ''));
  });

  it('can be asked of its header alone, whatever is behind it', async () => {
    let isClosed = false;
    async function* endless() {
      try {
        yield `\uFEFF${retailHeader}\n`;
        for (;;) yield 'no,such,row\n';
      } finally {
        isClosed = true;
      }
    }
    await assertHeader(endless());
    await vi.waitFor(() => expect(isClosed).toBe(true));
  });

  it('refuses a column it would have to ignore, and one given twice', async () => {
    await expect(itemsOf('channelOrderNumber,sku,quantity,country,unit_price\n')).rejects.toThrow(
      /"unit_price" is not known/,
    );
    await expect(itemsOf('channelOrderNumber,sku,sku,quantity,country\n')).rejects.toThrow(/sku appears twice/);
  });

  it('says in which row the file stops being a CSV', async () => {
    await expect(itemsOf(`${retailHeader}\n${retailRow({})}\n"never closed`)).rejects.toThrow(
      /row 3 is not well-formed/,
    );
  });

  it('passes on that its source broke', async () => {
    async function* broken() {
      yield `${retailHeader}\n`;
      throw new Error('disk gone');
    }
    await expect(Array.fromAsync(readOrders(broken(), { channelId: 'web' }))).rejects.toThrow('disk gone');
  });

  it('completes an order once as many rows as the window have passed without it', async () => {
    const rows = ['1', '2', '1', '3', '3', '3', '3', '1'].map((no) => retailRow({ no }));
    expect(outcome(await itemsOf([retailHeader, ...rows].join('\n'), { window: 3 }))).toEqual(['2', '1', '3', '1']);
    expect(outcome(await itemsOf([retailHeader, ...rows].join('\n'), { window: 4 }))).toEqual(['2', '3', '1']);
  });

  it('accounts for every row exactly once, whatever the rows say', async () => {
    const cell = fc.constantFrom(
      '',
      '1',
      '2',
      '-3',
      'C4',
      'POST',
      '22196',
      '0',
      '2.55',
      '12/1/2010 8:26',
      'France',
      '"',
      'x y',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(cell, { minLength: 7, maxLength: 9 }), { maxLength: 30 }), async (rows) => {
        const written = rows.map((row) => row.map((text) => (text === '"' ? '""""' : text)));
        const filled = rows.filter((row) => row.some((text) => text !== '')).length;
        const items = await itemsOf([retailHeader, ...written.map((row) => row.join(','))].join('\n'), { window: 5 });
        const counted = items.reduce((sum, item) => sum + (item.kind === 'order' ? item.rowCount : 1), 0);
        expect(counted).toBe(filled);
      }),
      { numRuns: 50 },
    );
  });
});
