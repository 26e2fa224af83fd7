// Bars over time, stacked by kind, and a line above them. Drawn as SVG here: three series need no
// library.
import { formatCount, formatTime } from "../format";
import { texts } from "../texts";

export interface Bar {
  start: string;
  values: Record<string, number>;
}

interface ChartProps {
  label: string;
  bars: Bar[];
  /** From below to above; each has a colour class and a pattern of its own. */
  series: Series[];
  /** What is not part of the bars: a line at its height. */
  line: Series;
}

interface Series {
  name: string;
  title: string;
}

const WIDTH = 720;
const HEIGHT = 140;

export function Chart({ label, bars, series, line }: ChartProps) {
  const lineOf = (bar: Bar) => bar.values[line.name] ?? 0;
  const totals = bars.map((bar) =>
    Math.max(
      lineOf(bar),
      series.reduce((sum, { name }) => sum + (bar.values[name] ?? 0), 0),
    ),
  );
  const top = Math.max(1, ...totals);
  const step = WIDTH / Math.max(1, bars.length);
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {[0.25, 0.5, 0.75].map((part) => (
          <line key={part} class="grid" x1={0} x2={WIDTH} y1={HEIGHT * part} y2={HEIGHT * part} />
        ))}
        {bars.map((bar, index) => (
          <g key={bar.start}>
            <title>{barTitle(bar, [line, ...series])}</title>
            <rect class="hit" x={index * step} y={0} width={step} height={HEIGHT} />
            {stack(bar, series, top).map((part) => (
              <rect
                key={part.name}
                class={`series-${part.name}`}
                x={index * step + step * 0.12}
                width={step * 0.76}
                y={part.y}
                height={part.height}
              />
            ))}
            {lineOf(bar) > 0 && (
              <rect
                class={`series-${line.name}`}
                x={index * step}
                y={HEIGHT - Math.max(2, heightOf(lineOf(bar), top))}
                width={step}
                height={2}
              />
            )}
          </g>
        ))}
      </svg>
      <figcaption>
        {[line, ...series].map(({ name, title }) => (
          <span key={name} class="legend">
            <i class={`mark mark-${name}`} />
            {title}
          </span>
        ))}
        <span class="faint">
          {bars[0] && formatTime(bars[0].start)} –{" "}
          {bars.at(-1) && formatTime(bars.at(-1)?.start ?? "")} · max. {formatCount(top)}{" "}
          {texts.overview.per_minute}
        </span>
      </figcaption>
    </figure>
  );
}

const barTitle = (bar: Bar, series: ChartProps["series"]) =>
  [
    formatTime(bar.start),
    ...series.map(({ name, title }) => `${title}: ${formatCount(bar.values[name] ?? 0)}`),
  ].join("\n");

const heightOf = (value: number, top: number) => (value / top) * (HEIGHT - 8);

/** What is not zero is at least a line, so that one dead delivery among thousands is seen. */
function stack(bar: Bar, series: ChartProps["series"], top: number) {
  let y = HEIGHT;
  return series.flatMap(({ name }) => {
    const value = bar.values[name] ?? 0;
    if (value === 0) return [];
    const height = Math.max(2, heightOf(value, top));
    y = Math.max(0, y - height);
    return [{ name, y, height }];
  });
}
