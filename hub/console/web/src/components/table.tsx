// A list of any length: the rows near the window are in the page, further ones are loaded by cursor.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Pages } from "../query";
import { formatNumber } from "../format";
import { texts } from "../texts";
import { Empty, Failure, Loading } from "./bits";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** "wide": not on small screens; "number": to the right; "main": takes the room that is left. */
  kind?: "wide" | "number" | "main" | "wide number" | "wide main";
}

interface TableProps<Row> {
  label: string;
  pages: Pages<Row>;
  columns: Column<Row>[];
  idOf: (row: Row) => string;
  /** Where a row leads to. */
  open?: (row: Row) => string;
  empty: [title: string, hint?: string];
}

const OVERSCAN = 15;

export function Table<Row>(props: TableProps<Row>) {
  const { pages } = props;
  if (pages.rows.length > 0)
    return (
      <>
        {pages.error && pages.error.status !== 0 && (
          <Failure error={pages.error} again={pages.reload} />
        )}
        <Rows {...props} />
      </>
    );
  if (pages.error) return <Failure error={pages.error} again={pages.reload} />;
  if (pages.isLoading) return <Loading />;
  return <Empty title={props.empty[0]} hint={props.empty[1]} />;
}

/** Which rows of `count` are near what the window shows. */
export function visibleRange(top: number, height: number, row: number, count: number) {
  const first = Math.max(0, Math.floor(-top / row) - OVERSCAN);
  const last = Math.min(count, Math.ceil((height - top) / row) + OVERSCAN);
  return { first: Math.min(first, count), last: Math.max(last, Math.min(first, count)) };
}

function useVisibleRange(count: number) {
  const body = useRef<HTMLTableSectionElement>(null);
  const rowHeight = useRef(44);
  const [range, setRange] = useState({ first: 0, last: Math.min(count, 60) });
  const measure = () => {
    const element = body.current;
    if (!element) return;
    const row = element.querySelector("tr[data-row]");
    if (row) rowHeight.current = row.getBoundingClientRect().height || rowHeight.current;
    const { top } = element.getBoundingClientRect();
    const next = visibleRange(top, innerHeight, rowHeight.current, count);
    setRange((before) =>
      before.first === next.first && before.last === next.last ? before : next,
    );
  };
  useLayoutEffect(measure, [count]);
  useEffect(() => {
    addEventListener("scroll", measure, { passive: true });
    addEventListener("resize", measure);
    return () => {
      removeEventListener("scroll", measure);
      removeEventListener("resize", measure);
    };
  });
  return { body, range, rowHeight: rowHeight.current };
}

function Rows<Row>({ label, pages, columns, idOf, open }: TableProps<Row>) {
  const { rows, more } = pages;
  const { body, range, rowHeight } = useVisibleRange(rows.length);
  useEffect(() => {
    if (more && range.last >= rows.length - OVERSCAN) more();
  }, [range.last, rows.length, more]);
  const after = rows.length - range.last;
  return (
    <div class="table-box">
      <table aria-label={label} aria-rowcount={more ? -1 : rows.length}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} class={column.kind} scope="col">
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          <Spacer rows={range.first} rowHeight={rowHeight} />
          {rows.slice(range.first, range.last).map((row) => (
            <TableRow key={idOf(row)} row={row} columns={columns} to={open?.(row)} />
          ))}
          <Spacer rows={after} rowHeight={rowHeight} />
        </tbody>
      </table>
      <p class="faint table-end">
        {more ? texts.common.more : formatNumber(rows.length, texts.common.rows)}
      </p>
    </div>
  );
}

const Spacer = ({ rows, rowHeight }: { rows: number; rowHeight: number }) =>
  rows > 0 ? <tr aria-hidden="true" style={{ height: `${rows * rowHeight}px` }} /> : null;

function TableRow<Row>({
  row,
  columns,
  to,
}: {
  row: Row;
  columns: Column<Row>[];
  to?: string | undefined;
}) {
  const onClick = (event: MouseEvent) => {
    const target = event.target as Element;
    if (!to || target.closest("a, button, input") || getSelection()?.toString()) return;
    location.hash = to;
  };
  const cells = columns.map((column, index) => {
    const content = column.cell(row);
    return (
      <td key={column.title} class={column.kind}>
        {index === 0 && to ? (
          <a class="row-link" href={to}>
            {content}
          </a>
        ) : (
          content
        )}
      </td>
    );
  });
  return (
    <tr data-row class={to ? "opens" : undefined} onClick={onClick}>
      {cells}
    </tr>
  );
}
