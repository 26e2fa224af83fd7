// The page that lists settings of one kind.
import { PageHead } from "../../components/bits";
import { Table, type Column } from "../../components/table";
import { usePages } from "../../query";
import { go, href } from "../../router";
import { isLimited, may } from "../../session";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";

/** \param pollMs  how often the list is asked for again; undefined: only on demand */
export function SettingList<Row extends { id: string }>({
  kind,
  columns,
  pollMs,
}: {
  kind: "sources" | "subscriptions";
  columns: Column<Row>[];
  pollMs?: number;
}) {
  const t = texts[kind];
  const pages = usePages<Row>(`v1/${kind}`, {}, ({ id }) => id, pollMs);
  useKeys({ r: pages.reload });
  return (
    <>
      <PageHead
        title={t.title}
        side={
          may(`${kind}:write`) &&
          !isLimited() && (
            <button class="primary" onClick={() => go(`${kind}/new`)}>
              {t.new}
            </button>
          )
        }
      />
      <Table
        label={t.title}
        pages={pages}
        columns={columns}
        idOf={({ id }) => id}
        open={({ id }) => href(`${kind}/${id}`)}
        empty={[t.empty, t.empty_hint]}
      />
    </>
  );
}
