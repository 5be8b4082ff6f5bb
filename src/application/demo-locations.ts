import type { LocationProfile } from '../domain/stock-location/stock-location.ts';

export type DemoLocation = { readonly id: string; readonly profile: LocationProfile };

type Site = readonly [
  id: string,
  name: string,
  country: string,
  postcode: string,
  city: string,
  latitude: number,
  longitude: number,
  timeZone: string,
];

const winterHolidays = ['2026-12-25', '2026-12-26', '2027-01-01'];

const kinds = {
  warehouse: {
    kind: 'warehouse',
    capabilities: ['ship', 'returns'],
    priority: 1,
    costs: { perParcel: 260, perUnit: 12 },
    leadTimeHours: 4,
    cutOff: '18:00',
    calendar: { closedWeekdays: [7], holidays: winterHolidays },
    capacity: { fulfilmentsPerDay: 2_000 },
  },
  thirdParty: {
    kind: 'thirdParty',
    capabilities: ['ship', 'returns'],
    priority: 2,
    costs: { perParcel: 340, perUnit: 25 },
    leadTimeHours: 12,
    cutOff: '15:00',
    calendar: { closedWeekdays: [6, 7], holidays: winterHolidays },
    capacity: { fulfilmentsPerDay: 600 },
  },
  darkStore: {
    kind: 'darkStore',
    capabilities: ['ship', 'pickup'],
    priority: 2,
    costs: { perParcel: 310, perUnit: 30 },
    leadTimeHours: 1,
    cutOff: '20:00',
    calendar: { holidays: ['2026-12-25'] },
    capacity: { fulfilmentsPerDay: 300 },
  },
  store: {
    kind: 'store',
    capabilities: ['ship', 'pickup', 'shipToStore', 'returns'],
    priority: 3,
    costs: { perParcel: 420, perUnit: 45 },
    leadTimeHours: 6,
    cutOff: '14:00',
    calendar: { holidays: winterHolidays },
    capacity: { fulfilmentsPerDay: 40 },
  },
  supplier: {
    kind: 'supplier',
    capabilities: ['ship'],
    priority: 4,
    costs: { perParcel: 390, perUnit: 20 },
    leadTimeHours: 48,
    cutOff: '12:00',
    calendar: { closedWeekdays: [6, 7], holidays: winterHolidays },
    capacity: { fulfilmentsPerDay: 200 },
  },
} as const;

const sites: Readonly<Record<keyof typeof kinds, readonly Site[]>> = {
  warehouse: [
    ['gb-daventry', 'Daventry distribution centre', 'GB', 'NN11 8RL', 'Daventry', 52.26, -1.16, 'Europe/London'],
    ['gb-wakefield', 'Wakefield distribution centre', 'GB', 'WF2 0XY', 'Wakefield', 53.68, -1.5, 'Europe/London'],
    ['gb-motherwell', 'Motherwell warehouse', 'GB', 'ML1 4YQ', 'Motherwell', 55.79, -3.99, 'Europe/London'],
    ['ie-dublin', 'Dublin warehouse', 'IE', 'D12 XY00', 'Dublin', 53.33, -6.25, 'Europe/Dublin'],
    ['nl-venlo', 'Venlo distribution centre', 'NL', '5928 LA', 'Venlo', 51.37, 6.17, 'Europe/Amsterdam'],
    ['de-leipzig', 'Leipzig warehouse', 'DE', '04435', 'Leipzig', 51.34, 12.37, 'Europe/Berlin'],
    ['fr-lille', 'Lille warehouse', 'FR', '59000', 'Lille', 50.63, 3.06, 'Europe/Paris'],
    ['es-zaragoza', 'Zaragoza warehouse', 'ES', '50197', 'Zaragoza', 41.66, -0.88, 'Europe/Madrid'],
  ],
  thirdParty: [
    ['it-piacenza', 'Piacenza partner warehouse', 'IT', '29122', 'Piacenza', 45.05, 9.69, 'Europe/Rome'],
    ['pl-wroclaw', 'Wrocław partner warehouse', 'PL', '54-130', 'Wrocław', 51.1, 17.03, 'Europe/Warsaw'],
    ['no-oslo', 'Oslo partner warehouse', 'NO', '0668', 'Oslo', 59.91, 10.75, 'Europe/Oslo'],
  ],
  darkStore: [
    ['gb-croydon', 'Croydon dark store', 'GB', 'CR0 4YH', 'Croydon', 51.38, -0.1, 'Europe/London'],
    ['de-berlin', 'Berlin dark store', 'DE', '10243', 'Berlin', 52.52, 13.41, 'Europe/Berlin'],
  ],
  store: [
    ['gb-london', 'London store', 'GB', 'W1B 5AH', 'London', 51.51, -0.13, 'Europe/London'],
    ['gb-manchester', 'Manchester store', 'GB', 'M2 7PW', 'Manchester', 53.48, -2.24, 'Europe/London'],
    ['gb-birmingham', 'Birmingham store', 'GB', 'B2 4QA', 'Birmingham', 52.48, -1.9, 'Europe/London'],
    ['gb-leeds', 'Leeds store', 'GB', 'LS1 6AP', 'Leeds', 53.8, -1.55, 'Europe/London'],
    ['gb-bristol', 'Bristol store', 'GB', 'BS1 3DB', 'Bristol', 51.46, -2.6, 'Europe/London'],
    ['gb-norwich', 'Norwich store', 'GB', 'NR2 1NH', 'Norwich', 52.63, 1.3, 'Europe/London'],
    ['gb-newcastle', 'Newcastle store', 'GB', 'NE1 7AS', 'Newcastle upon Tyne', 54.97, -1.61, 'Europe/London'],
    ['gb-edinburgh', 'Edinburgh store', 'GB', 'EH2 2ER', 'Edinburgh', 55.95, -3.2, 'Europe/London'],
    ['gb-cardiff', 'Cardiff store', 'GB', 'CF10 1AE', 'Cardiff', 51.48, -3.18, 'Europe/London'],
    ['gb-belfast', 'Belfast store', 'GB', 'BT1 5AA', 'Belfast', 54.6, -5.93, 'Europe/London'],
    ['ie-cork', 'Cork store', 'IE', 'T12 XY00', 'Cork', 51.9, -8.47, 'Europe/Dublin'],
    ['nl-amsterdam', 'Amsterdam store', 'NL', '1012 LG', 'Amsterdam', 52.37, 4.89, 'Europe/Amsterdam'],
    ['de-hamburg', 'Hamburg store', 'DE', '20095', 'Hamburg', 53.55, 9.99, 'Europe/Berlin'],
    ['fr-paris', 'Paris store', 'FR', '75004', 'Paris', 48.85, 2.35, 'Europe/Paris'],
    ['es-madrid', 'Madrid store', 'ES', '28013', 'Madrid', 40.42, -3.7, 'Europe/Madrid'],
    ['it-milano', 'Milano store', 'IT', '20121', 'Milano', 45.46, 9.19, 'Europe/Rome'],
  ],
  supplier: [['pt-lisboa', 'Lisboa ceramics supplier', 'PT', '1100-148', 'Lisboa', 38.73, -9.15, 'Europe/Lisbon']],
};

const located = (kind: keyof typeof kinds): DemoLocation[] =>
  sites[kind].map(([id, name, country, postcode, city, latitude, longitude, timeZone]) => ({
    id,
    profile: {
      ...kinds[kind],
      name,
      address: { country, postcode, city, latitude, longitude },
      timeZone,
      groups: [
        country === 'GB' || country === 'IE' ? 'british-isles' : 'continent',
        `country-${country.toLowerCase()}`,
      ],
    },
  }));

/** An invented retailer in real cities (their coordinates are GeoNames', CC BY 4.0); costs are in pence. */
export const demoLocations: readonly DemoLocation[] = [
  ...located('warehouse'),
  ...located('thirdParty'),
  ...located('darkStore'),
  ...located('store'),
  ...located('supplier'),
];
