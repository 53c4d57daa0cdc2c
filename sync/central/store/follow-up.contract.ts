import { describe, expect, it } from 'vitest';
import { sampleHit } from '../../uplink/sample-hit.test-data.ts';
import { type StoreHarness, storeForEach } from './store-harness.fixture.ts';
import { hitWith, node, officer, presence, withdrawal } from './store-samples.test-data.ts';

/** What the centre's store promises of what becomes of hits, whatever database is behind it. */
export function followUpContract(name: string, start: () => Promise<StoreHarness>): void {
  describe(`following up at the centre's store (${name})`, () => {
    const centre = storeForEach(start);

    it('records who saw, dispatched and judged, and when; the first mark stays, a verdict can be corrected', async () => {
      const hit = sampleHit();
      await centre.add(hit);
      const verdict = { step: 'verdict', verdict: 'misread', note: 'B, not 8: Straße "x"; --' } as const;
      expect(await centre.store.followUp(hit.id, { step: 'seen' }, officer)).toBe('done');
      expect(await centre.store.followUp(hit.id, { step: 'seen' }, { by: 'another', atMs: 6_000 })).toBe('already');
      expect(await centre.store.followUp(hit.id, { step: 'dispatched' }, { by: 'another', atMs: 7_000 })).toBe('done');
      expect(await centre.store.hit(hit.id)).toMatchObject({ state: 'dispatched', seen: officer });
      expect(await centre.store.followUp(hit.id, { ...verdict, verdict: 'confirmed' }, officer)).toBe('done');
      expect(await centre.store.followUp(hit.id, verdict, { ...officer, atMs: 8_000 })).toBe('done');
      expect(await centre.store.followUp(hit.id, verdict, { ...officer, atMs: 9_000 })).toBe('already');
      expect(await centre.store.hit(hit.id)).toMatchObject({
        state: 'closed',
        seen: officer,
        dispatched: { by: 'another', atMs: 7_000 },
        verdict: { verdict: 'misread', note: verdict.note, by: officer.by, atMs: 8_000 },
      });
      expect((await centre.store.history(hit.id)).map(({ step, by }) => [step, by])).toEqual([
        ['seen', officer.by],
        ['dispatched', 'another'],
        ['verdict', officer.by],
        ['verdict', officer.by],
      ]);
      expect(await centre.store.followUp(sampleHit().id, { step: 'seen' }, officer)).toBe('unknown-hit');
      expect(await centre.store.history(sampleHit().id)).toEqual([]);
    });

    it('counts whoever dispatches or judges as having seen', async () => {
      const [sent, judged] = [sampleHit(), sampleHit()];
      await centre.add(sent, judged);
      await centre.store.followUp(sent.id, { step: 'dispatched' }, officer);
      await centre.store.followUp(judged.id, { step: 'verdict', verdict: 'other', note: '' }, officer);
      expect(await centre.store.hit(sent.id)).toMatchObject({ seen: officer, dispatched: officer });
      expect(await centre.store.hit(judged.id)).toMatchObject({ seen: officer, dispatched: null, state: 'closed' });
    });

    it('lets a node take back its own hits only, before or after they came', async () => {
      const [early, late] = [sampleHit(), sampleHit()];
      expect(await centre.store.withdraw(withdrawal(early.id), 900, { ofKnownHit: true })).toBe('unknown-hit');
      expect(await centre.store.withdraw(withdrawal(early.id), 900)).toBe('new');
      await centre.add(early, late);
      expect(await centre.store.withdraw(withdrawal(late.id, 'another'), 2_000)).toBe('new');
      expect((await centre.store.hit(late.id))?.state).toBe('new');
      expect(await centre.store.withdraw(withdrawal(late.id), 2_000)).toBe('new');
      expect(await centre.store.withdraw(withdrawal(late.id), 3_000)).toBe('duplicate');
      const withdrawn = { reason: 'the plate was read again', atMs: 2_000 };
      expect(await centre.store.hit(late.id)).toMatchObject({ state: 'withdrawn', withdrawn });
      expect((await centre.store.hit(early.id))?.state).toBe('withdrawn');
    });

    it('tells nodes that are there what became of their hits, once, and never of a discreet one', async () => {
      const [open, discreet, away] = [sampleHit(), hitWith({ action: 'discreet-check' }), sampleHit({ node: 'away' })];
      await centre.add(open, discreet, away);
      for (const { id } of [open, discreet, away]) await centre.store.followUp(id, { step: 'seen' }, officer);
      await centre.store.followUp(
        open.id,
        { step: 'verdict', verdict: 'stale-entry', note: 'secret' },
        { ...officer, atMs: 6_000 },
      );
      const claim = { nowMs: 10_000, untilMs: 20_000, limit: 10 };
      expect(await centre.store.claimUntold(claim)).toEqual([]);
      await centre.store.notePresence(presence('online'), 1);
      const claimed = await centre.store.claimUntold(claim);
      const about = { hit: open.id, node, camera: 'north-1', list: { authority: 'be-fedpol', id: 'stolen' } };
      expect(claimed).toMatchObject([
        { ...about, step: 'seen', verdict: null },
        { ...about, step: 'verdict', verdict: 'stale-entry' },
      ]);
      expect(await centre.store.claimUntold(claim)).toEqual([]);
      await centre.store.markTold(typeof claimed === 'string' ? [] : claimed.slice(1).map(({ id }) => id));
      expect(await centre.store.claimUntold({ ...claim, nowMs: 20_000, untilMs: 30_000 })).toMatchObject([
        { step: 'seen' },
      ]);
      await centre.store.markTold([]);
    });
  });
}
