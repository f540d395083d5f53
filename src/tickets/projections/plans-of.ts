import { sql } from 'kysely';
import { type Plan } from '../../catalogue/domain/plan.js';
import { type VersionRef } from '../../clocks/pinned-versions.js';
import { type Tx } from '../../read-models/read-model.js';
import { pairsAmong } from '../../read-models/rows.js';
import { type PlanOf } from '../domain/notices.js';

/** Some versions of plans. What is not known, nobody has projected. */
export async function plansOf(tx: Tx, refs: readonly VersionRef[]): Promise<PlanOf> {
  if (refs.length === 0) return () => undefined;
  const wanted = new Map(refs.map((ref) => [keyOf(ref), [ref.code, ref.version] as const]));
  const rows = await tx
    .selectFrom('plans')
    .select(['code', 'version', 'plan'])
    .where(sql<boolean>`(code, version) IN ${pairsAmong(wanted.values())}`)
    .execute();
  const known = new Map(rows.map((row) => [keyOf(row), JSON.parse(row.plan) as Plan]));
  return (ref) => known.get(keyOf(ref));
}

const keyOf = ({ code, version }: VersionRef) => `${version} ${code}`;
