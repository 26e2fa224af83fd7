// How long each step of an attempt took, as bars on one line of time, with the figures beside them.
import type { Attempt } from "@v1";
import { formatSteps } from "../format";
import { texts } from "../texts";

export interface TimingRow {
  title: string;
  /** Where the bar begins and ends, as parts of the whole. */
  from: number;
  to: number;
  us: number;
}

/** The steps that were taken, one after the other, and the whole. Pure. */
export function timingRows(attempt: Pick<Attempt, "timing" | "duration_ms">): TimingRow[] {
  const { timing } = attempt;
  if (!timing) return [];
  const t = texts.deliveries.steps;
  const steps: [string, number | null][] = [
    [t.dns, timing.dns_us],
    [t.connect, timing.connect_us],
    [t.tls, timing.tls_us],
    [t.first_byte, timing.first_byte_us],
  ];
  const taken = steps.filter((step): step is [string, number] => step[1] !== null);
  const sum = taken.reduce((before, [, us]) => before + us, 0);
  const whole = Math.max(sum, attempt.duration_ms * 1000, 1);
  let at = 0;
  const rows = taken.map(([title, us]) => {
    const from = at / whole;
    at += us;
    return { title, from, to: at / whole, us };
  });
  return [...rows, { title: t.total, from: 0, to: 1, us: whole }];
}

const WIDTH = 1000;
const LEAST = 6;

export function Timing({ attempt }: { attempt: Attempt }) {
  const rows = timingRows(attempt);
  if (rows.length === 0) return null;
  const { steps } = texts.deliveries;
  return (
    <>
      <dl class="timing" aria-label={steps.label}>
        {rows.map(({ title, from, to, us }) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd class="bar" aria-hidden="true">
              <svg viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none">
                <rect class="track" width={WIDTH} height={10} />
                <rect
                  x={Math.min(from * WIDTH, WIDTH - LEAST)}
                  width={Math.max(LEAST, (to - from) * WIDTH)}
                  height={10}
                />
              </svg>
            </dd>
            <dd>{formatSteps(us)}</dd>
          </div>
        ))}
      </dl>
      {attempt.timing?.connect_us === null && <p class="help">{steps.kept_open}</p>}
    </>
  );
}
