import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PAGE_POLICY } from '../../../src/application/simulation/html.ts';
import { simulationPage } from '../../../src/application/simulation/report.ts';
import { examplePolicy } from '../../support/policies.ts';
import {
  changedOrder,
  exampleKpis,
  exampleVariant,
  simulationResult,
  variantResult,
} from '../../support/simulations.ts';

const ATTACK = `"><script>alert('x')</script>&`;

const page = simulationPage(
  simulationResult([
    variantResult('near first', {
      kpis: exampleKpis({ cost: 1_111_104, fulfilments: 1_600, splitRate: 0.3, unitsFilled: 2_905 }),
      changed: [changedOrder('o-dear', 120), changedOrder('o-cheap', -75, 2)],
    }),
    variantResult('never split', { kpis: exampleKpis({ cost: 1_235_560, unitsFilled: 1_650, promiseKept: null }) }),
  ]),
  [exampleVariant('near first'), exampleVariant('never split')],
);

/** The text of the cells of one row of the figures. */
const rowOf = (label: string): readonly string[] => {
  const [row = ''] = new RegExp(`<tr>\\s*<th>${label}</th>[\\s\\S]*?</tr>`).exec(page) ?? [];
  return [...row.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, text = '']) => text);
};

describe('the report of a simulation', () => {
  it('shows each figure as it was, and under each policy', () => {
    expect(rowOf('cost')).toEqual(['12,345.60', '11,111.04', '12,355.60']);
    expect(rowOf('parcels')).toEqual(['1,500', '1,600', '1,500']);
    expect(rowOf('split rate')).toEqual(['20.5 %', '30.0 %', '20.5 %']);
    expect(rowOf('promise kept')).toEqual(['97.0 %', '97.0 %', '–']);
    expect(rowOf('units given up')).toEqual(['7', '7', '7']);
  });

  it('says in a sentence what each policy would have meant', () => {
    const sentences = [...page.matchAll(/<p class="headline">([\s\S]*?)<\/p>/g)].map(([, text = '']) =>
      text
        .replaceAll(/<[^>]*>|\s+/g, ' ')
        .replaceAll(/ +/g, ' ')
        .trim(),
    );
    expect(sentences).toEqual([
      'near first would have cost 10.0 % less, filled 5 units more, and changed 2 of 1,200 orders.',
      'never split would have cost 0.08 % more, filled 1,250 units fewer, and changed 0 of 1,200 orders.',
    ]);
  });

  it('tells better from worse', () => {
    const toneOf = (text: string) => new RegExp(`<td class="number (\\w+)">${text}</td>`).exec(page)?.[1];
    expect([toneOf('11,111.04'), toneOf('12,355.60'), toneOf('30.0 %')]).toEqual(['better', 'worse', 'worse']);
  });

  it('draws figures and locations as bars with their values', () => {
    expect(page).toMatch(/<figcaption>parcels per order<\/figcaption>/);
    expect(page).toMatch(/<title>north: 900, 2 × sold out<\/title>/);
    expect([...page.matchAll(/<rect /g)].length).toBeGreaterThan(10);
  });

  it('lists the orders that changed, with where they went and what that costs', () => {
    const rows = [...page.matchAll(/<td class="id">(o-\w+)<\/td>([\s\S]*?)<\/tr>/g)].map(([, id, rest = '']) => [
      id,
      ...[...rest.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, text]) => text),
    ]);
    expect(rows).toEqual([
      ['o-dear', 'north', 'south', '+1.20', '0'],
      ['o-cheap', 'north', 'south', '−0.75', '+2'],
    ]);
    expect(page).toMatch(/<h2>Orders that never split changed<\/h2><p>None\.<\/p>/);
  });

  it('says how many changed where it lists only some', () => {
    const one = variantResult('one', { changed: [changedOrder('o1', 1)], ordersChanged: 12_345 });
    expect(simulationPage(simulationResult([one]), [])).toContain(
      'The 1 of 12,345 with the largest difference in cost.',
    );
  });

  it('holds the policies that it tried', () => {
    expect(page).toContain('&quot;description&quot;: &quot;near first&quot;');
  });

  it('shows hostile text as text, wherever it stands', () => {
    const hostile = { locationIds: [ATTACK], cost: 1, unitsWaiting: 0 };
    const kpis = exampleKpis({
      locations: [{ locationId: ATTACK, fulfilments: 1, units: 1, busiestDay: 1, stockOuts: 0 }],
    });
    const changed = [{ orderId: ATTACK, before: hostile, after: { ...hostile, cost: 2 } }];
    const html = simulationPage(simulationResult([variantResult(ATTACK, { kpis, changed })], { baseline: kpis }), [
      exampleVariant(ATTACK, examplePolicy(`</pre>${ATTACK}`)),
    ]);
    expect(html).not.toMatch(/<script|alert\('|<\/pre>\\/);
    expect(
      [...html.matchAll(/&quot;&gt;&lt;script&gt;alert\(&#39;x&#39;\)&lt;\/script&gt;&amp;/g)].length,
    ).toBeGreaterThan(9);
  });

  it('loads nothing and runs nothing, and forbids both', () => {
    expect(page).not.toMatch(/https?:|\bsrc=|\bhref=|url\(|@import|<script|<link|<iframe|\son\w+=|\sstyle=/);
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(page) ?? [];
    expect(PAGE_POLICY).toContain(`style-src 'sha256-${hash('sha256', style, 'base64')}';`);
    expect(PAGE_POLICY).toMatch(/^default-src 'none';.*frame-ancestors 'none'$/);
    const [, own = ''] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page) ?? [];
    expect(PAGE_POLICY).toBe(`${own}; frame-ancestors 'none'`);
  });
});
