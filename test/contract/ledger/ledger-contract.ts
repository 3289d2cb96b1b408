import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ledger, LedgerWrite } from '../../../src/ports/ledger.ts';

let partitions = 0;
const freshPartition = (): string => `p-${(partitions += 1)}`;

const insert = (row: string, value: Record<string, unknown> = { row }): LedgerWrite => ({
  kind: 'insert',
  row,
  value,
});

async function etagOf(ledger: Ledger, partition: string, write: LedgerWrite): Promise<string> {
  const outcome = await ledger.write('warnings', partition, write);
  if (!outcome.ok) throw new Error('Expected the write to be accepted.');
  return outcome.etag;
}

/** What every ledger adapter does; `open` gives one over an empty store with the same store behind each call. */
export function describeLedger(name: string, open: () => Ledger): void {
  describe(`a ledger in ${name}`, () => {
    it('reads an untouched table as empty', async () => {
      const ledger = open();
      expect(await ledger.get('requests', 'p', 'r')).toBeNull();
      expect(await ledger.list('requests', 'p')).toEqual([]);
      expect(await ledger.prune('requests', 1)).toBe(0);
      expect(await ledger.write('findings', 'p', { kind: 'delete', row: 'r' })).toMatchObject({ ok: true });
      expect(
        await ledger.write('reservations', 'p', { kind: 'replace', row: 'r', value: {}, etag: 'W/"1"' }),
      ).toEqual({ ok: false, why: 'conflict' });
    });

    it('gives back what was written, with the ETag of the write', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      const value = {
        text: 'ßü 漢字 👩‍🔬',
        list: [1, null, { deep: true }],
        at: 1_795_000_000_000,
        none: null,
      };
      const etag = await etagOf(ledger, partition, insert('r.1', value));
      expect(await ledger.get('warnings', partition, 'r.1')).toEqual({ partition, row: 'r.1', value, etag });
    });

    it('lets no caller change a stored value by keeping hold of it', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      const value = { list: [1] };
      await ledger.write('warnings', partition, insert('r', value));
      value.list.push(2);
      const read = await ledger.get('warnings', partition, 'r');
      if (read === null) throw new Error('The row is gone.');
      (read.value['list'] as number[]).push(3);
      expect((await ledger.get('warnings', partition, 'r'))?.value).toEqual({ list: [1] });
    });

    it('keeps tables and partitions apart', async () => {
      const [ledger, one, other] = [open(), freshPartition(), freshPartition()];
      await ledger.write('warnings', one, insert('r', { in: 'one' }));
      await ledger.write('snoozes', one, insert('r', { in: 'snoozes' }));
      expect(await ledger.get('warnings', other, 'r')).toBeNull();
      expect((await ledger.get('snoozes', one, 'r'))?.value).toEqual({ in: 'snoozes' });
    });

    it('lets one of many simultaneous inserts of a row win', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, by) => ledger.write('warnings', partition, insert('r', { by }))),
      );
      const winners = outcomes.flatMap((outcome, by) => (outcome.ok ? [by] : []));
      expect(winners).toHaveLength(1);
      expect((await ledger.get('warnings', partition, 'r'))?.value).toEqual({ by: winners[0] });
    });

    it('lets one of many simultaneous replacements of the same version win', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      const etag = await etagOf(ledger, partition, insert('r', { by: -1 }));
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, by) =>
          ledger.write('warnings', partition, { kind: 'replace', row: 'r', value: { by }, etag }),
        ),
      );
      const winners = outcomes.flatMap((outcome, by) => (outcome.ok ? [by] : []));
      expect(winners).toHaveLength(1);
      const row = await ledger.get('warnings', partition, 'r');
      expect(row?.value).toEqual({ by: winners[0] });
      expect(outcomes[winners[0] ?? 0]).toEqual({ ok: true, etag: row?.etag });
    });

    it('loses no increment when every writer reads again after a conflict', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      await ledger.write('warnings', partition, insert('r', { count: 0 }));
      const increment = async (): Promise<void> => {
        const row = await ledger.get('warnings', partition, 'r');
        if (row === null) throw new Error('The row is gone.');
        const value = { count: Number(row.value['count']) + 1 };
        const outcome = await ledger.write('warnings', partition, {
          kind: 'replace',
          row: 'r',
          value,
          etag: row.etag,
        });
        if (!outcome.ok) await increment();
      };
      await Promise.all(Array.from({ length: 8 }, increment));
      expect((await ledger.get('warnings', partition, 'r'))?.value).toEqual({ count: 8 });
    });

    it('gives a new ETag with every write, also of the same value', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      const first = await etagOf(ledger, partition, { kind: 'put', row: 'r', value: {} });
      const second = await etagOf(ledger, partition, { kind: 'put', row: 'r', value: {} });
      expect(second).not.toBe(first);
      expect(
        await ledger.write('warnings', partition, { kind: 'replace', row: 'r', value: {}, etag: first }),
      ).toEqual({ ok: false, why: 'conflict' });
      expect(await ledger.write('warnings', partition, { kind: 'delete', row: 'r', etag: first })).toEqual({
        ok: false,
        why: 'conflict',
      });
      expect(
        await ledger.write('warnings', partition, { kind: 'delete', row: 'r', etag: second }),
      ).toMatchObject({ ok: true });
      expect(await ledger.get('warnings', partition, 'r')).toBeNull();
    });

    it('takes the deletion of a row that is gone as done, but not under an ETag', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      const etag = await etagOf(ledger, partition, insert('r'));
      const remove: LedgerWrite = { kind: 'delete', row: 'r' };
      expect(await ledger.write('warnings', partition, remove)).toMatchObject({ ok: true });
      expect(await ledger.write('warnings', partition, remove)).toMatchObject({ ok: true });
      expect((await ledger.write('warnings', partition, { ...remove, etag })).ok).toBe(false);
    });

    it('replaces a value wholly, a long one by a short one too', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      await ledger.write('warnings', partition, insert('r', { text: 'x'.repeat(100_000), old: true }));
      await ledger.write('warnings', partition, { kind: 'put', row: 'r', value: { text: 'short' } });
      expect((await ledger.get('warnings', partition, 'r'))?.value).toEqual({ text: 'short' });
    });

    it.each([
      ['plain', 'x'],
      ['quotes that double in JSON', '"'],
      ['characters of two, three and four bytes over every edge', 'ü漢👩🔬x'],
    ])('keeps a value of 400 kB: %s', async (_, unit) => {
      const [ledger, partition] = [open(), freshPartition()];
      // A character beyond ASCII is stored as six.
      const value = { text: unit.repeat(Math.floor(400_000 / (unit.length * (unit > '~' ? 6 : 2)))) };
      await ledger.write('warnings', partition, insert('r', value));
      const read = await ledger.get('warnings', partition, 'r');
      expect(read?.value['text'] === value.text).toBe(true);
    });

    it('refuses a larger value, a too large transaction and a row twice, by code', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      const huge = { text: 'x'.repeat(500_001) };
      await expect(ledger.write('warnings', partition, insert('r', huge))).rejects.toMatchObject({
        code: 'ledger.value-too-large',
      });
      const many = Array.from({ length: 101 }, (_, index) => insert(`r${index}`));
      await expect(ledger.transact('warnings', partition, many)).rejects.toMatchObject({
        code: 'ledger.transaction-too-large',
      });
      const big = { text: 'x'.repeat(400_000) };
      await expect(
        ledger.transact('warnings', partition, [insert('a', big), insert('b', big), insert('c', big)]),
      ).rejects.toMatchObject({ code: 'ledger.transaction-too-large' });
      await expect(ledger.transact('warnings', partition, [insert('a'), insert('a')])).rejects.toMatchObject({
        code: 'ledger.row-twice',
      });
      expect(await ledger.list('warnings', partition)).toEqual([]);
    });

    it.each(['', 'a/b', 'a\\b', 'a#b', 'a?b', "a'b", 'a b', 'ü', '../x', 'a\n', 'x'.repeat(201)])(
      'refuses the key %j wherever a key can stand',
      async (key) => {
        const ledger = open();
        const bad = { code: 'ledger.bad-key' };
        await expect(ledger.get('warnings', key, 'r')).rejects.toMatchObject(bad);
        await expect(ledger.get('warnings', 'p', key)).rejects.toMatchObject(bad);
        await expect(ledger.list('warnings', key)).rejects.toMatchObject(bad);
        await expect(ledger.list('warnings', 'p', { from: key })).rejects.toMatchObject(bad);
        await expect(ledger.list('warnings', 'p', { to: key })).rejects.toMatchObject(bad);
        await expect(ledger.write('warnings', key, insert('r'))).rejects.toMatchObject(bad);
        await expect(ledger.write('warnings', 'p', insert(key))).rejects.toMatchObject(bad);
        await expect(ledger.transact('warnings', key, [])).rejects.toMatchObject(bad);
        await expect(ledger.transact('warnings', 'p', [insert(key)])).rejects.toMatchObject(bad);
      },
    );

    it('lists rows in the order of their characters, from included, to not, up to a limit', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      const rows = ['2026', '10', '9', 'b', 'B', 'a', 'a:1', 'a.1', 'a-1', 'a_1', '-1', '1e3', '020'];
      await ledger.transact(
        'warnings',
        partition,
        rows.map((row) => insert(row)),
      );
      const sorted = rows.toSorted((one, other) => (one < other ? -1 : 1));
      const listed = async (range?: Parameters<Ledger['list']>[2]): Promise<string[]> =>
        (await ledger.list('warnings', partition, range)).map(({ row }) => row);
      expect(await listed()).toEqual(sorted);
      expect(await listed({ from: '2026', to: 'a:1' })).toEqual(
        sorted.filter((row) => row >= '2026' && row < 'a:1'),
      );
      expect(await listed({ from: 'B', limit: 2 })).toEqual(sorted.filter((row) => row >= 'B').slice(0, 2));
      expect(await listed({ limit: 0 })).toEqual([]);
      expect(await listed({ from: 'z' })).toEqual([]);
    });

    it('lists more rows than one answer of the service holds', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      const rows = Array.from({ length: 1100 }, (_, index) => `r${String(index).padStart(5, '0')}`);
      for (let from = 0; from < rows.length; from += 100) {
        await ledger.transact(
          'warnings',
          partition,
          rows.slice(from, from + 100).map((row) => insert(row, {})),
        );
      }
      expect((await ledger.list('warnings', partition)).map(({ row }) => row)).toEqual(rows);
      expect(await ledger.list('warnings', partition, { limit: 1050 })).toHaveLength(1050);
    });

    it('does all writes of a transaction or none', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      const etag = await etagOf(ledger, partition, insert('old', { version: 1 }));
      await ledger.write('warnings', partition, insert('gone'));
      const all: LedgerWrite[] = [
        insert('new'),
        { kind: 'replace', row: 'old', value: { version: 2 }, etag },
        { kind: 'put', row: 'put', value: { put: true } },
        { kind: 'delete', row: 'gone' },
        { kind: 'delete', row: 'never-there' },
      ];
      expect(await ledger.transact('warnings', partition, all)).toEqual({ ok: true });
      const after = await ledger.list('warnings', partition);
      expect(after.map(({ row, value }) => [row, value])).toEqual([
        ['new', { row: 'new' }],
        ['old', { version: 2 }],
        ['put', { put: true }],
      ]);
      const again: LedgerWrite[] = [
        insert('other'),
        { kind: 'replace', row: 'old', value: { version: 3 }, etag },
      ];
      expect(await ledger.transact('warnings', partition, again)).toEqual({ ok: false, why: 'conflict' });
      expect(await ledger.transact('warnings', partition, [insert('other'), insert('new')])).toEqual({
        ok: false,
        why: 'conflict',
      });
      expect(await ledger.list('warnings', partition)).toEqual(after);
      expect(await ledger.transact('warnings', partition, [])).toEqual({ ok: true });
      expect(await ledger.transact('warnings', partition, [{ kind: 'delete', row: 'never-there' }])).toEqual({
        ok: true,
      });
    });

    it('honours the ETag of a delete inside a transaction', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      const stale = await etagOf(ledger, partition, insert('r:1.a_b-C', { version: 1 }));
      const fresh = await etagOf(ledger, partition, { kind: 'put', row: 'r:1.a_b-C', value: { version: 2 } });
      const other = await etagOf(ledger, partition, insert('s'));
      const withEtag = (etag: string): LedgerWrite[] => [
        { kind: 'delete', row: 's', etag: other },
        { kind: 'delete', row: 'r:1.a_b-C', etag },
        insert('audit'),
      ];
      expect(await ledger.transact('warnings', partition, withEtag(stale))).toEqual({
        ok: false,
        why: 'conflict',
      });
      expect(await ledger.list('warnings', partition)).toHaveLength(2);
      expect(await ledger.transact('warnings', partition, withEtag(fresh))).toEqual({ ok: true });
      expect((await ledger.list('warnings', partition)).map(({ row }) => row)).toEqual(['audit']);
    });

    it('lets one of many simultaneous transactions under the same epoch win', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      const etag = await etagOf(ledger, partition, insert('epoch', { epoch: 0 }));
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, by) =>
          ledger.transact('warnings', partition, [
            { kind: 'replace', row: 'epoch', value: { epoch: 1, by }, etag },
            insert(`reservation-${by}`),
          ]),
        ),
      );
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
      const by = outcomes.findIndex(({ ok }) => ok);
      expect((await ledger.list('warnings', partition)).map(({ row }) => row)).toEqual([
        'epoch',
        `reservation-${by}`,
      ]);
    });

    it('prunes what has expired in every partition, and nothing else', async () => {
      const ledger = open();
      const [one, other] = [freshPartition(), freshPartition()];
      const at = 1_795_000_000_000;
      for (const partition of [one, other]) {
        await ledger.transact('reports', partition, [
          insert('past', { expiresAt: at - 1 }),
          insert('now', { expiresAt: at }),
          insert('later', { expiresAt: at + 1 }),
          insert('never', {}),
          insert('text', { expiresAt: 'soon' }),
        ]);
      }
      await ledger.write('reports', one, { kind: 'put', row: 'past', value: { expiresAt: at + 9 } });
      expect(await ledger.prune('reports', at)).toBe(3);
      expect((await ledger.list('reports', one)).map(({ row }) => row)).toEqual([
        'later',
        'never',
        'past',
        'text',
      ]);
      expect((await ledger.list('reports', other)).map(({ row }) => row)).toEqual(['later', 'never', 'text']);
      expect(await ledger.prune('reports', at)).toBe(0);
    });

    it('keeps any JSON object as it is', async () => {
      const [ledger, partition] = [open(), freshPartition()];
      await fc.assert(
        fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (value) => {
          await ledger.write('warnings', partition, { kind: 'put', row: 'r', value });
          const expected: unknown = JSON.parse(JSON.stringify(value));
          expect((await ledger.get('warnings', partition, 'r'))?.value).toEqual(expected);
        }),
        { numRuns: 30 },
      );
    });
  });
}
