// The settings in force, and where each comes from.
import type { HubSetting } from "@v1";
import { Empty, PageFailure, Loading, PageHead } from "../../components/bits";
import { Choice, Filters, TypedParameter } from "../../components/filters";
import { Table, type Column } from "../../components/table";
import { useRows } from "../../query";
import { place } from "../../router";
import { texts } from "../../texts";

const t = texts.about;

const columns: Column<HubSetting>[] = [
  {
    title: t.setting,
    cell: ({ key, help }) => (
      <>
        <code class="break">{key}</code>
        <p class="help">{help}</p>
      </>
    ),
    kind: "main",
  },
  { title: t.value, cell: (row) => <Value setting={row} /> },
  {
    title: t.origin,
    cell: ({ origin, place: where }) => (
      <span title={where ?? undefined}>
        {t.origins[origin] ?? origin}
        {where && (
          <>
            {" "}
            <code class="break">{where}</code>
          </>
        )}
      </span>
    ),
  },
];

function Value({ setting: { value, is_secret } }: { setting: HubSetting }) {
  if (is_secret) return <span class="faint">{t.hidden}</span>;
  if (value === null) return <span class="faint">{t.not_set}</span>;
  return <code class="break">{value}</code>;
}

/** Pure. */
export function matches(row: HubSetting, find: string, origin: string): boolean {
  const isSet = row.origin !== "default" && row.origin !== "unset";
  if (origin === "set" && !isSet) return false;
  const text = `${row.key} ${row.variable} ${row.value ?? ""} ${row.help}`.toLowerCase();
  return text.includes(find.toLowerCase());
}

export function SettingsPage() {
  const all = useRows<HubSetting>("v1/settings");
  const { find = "", origin = "" } = place.value.query;
  const rows = all.rows.filter((row) => matches(row, find, origin));
  if (all.error && all.rows.length === 0) return <PageFailure error={all.error} again={all.reload} />;
  if (all.isLoading) return <Loading />;
  return (
    <>
      <PageHead title={texts.nav["settings"]} />
      <p class="faint">{t.settings_lead}</p>
      <Filters>
        <TypedParameter label={t.find} name="find" />
        <Choice
          label={t.origin}
          name="origin"
          options={[
            ["", texts.common.all],
            ["set", t.only_changed],
          ]}
        />
      </Filters>
      {rows.length === 0 ? (
        <Empty title={t.no_settings} />
      ) : (
        <Table
          label={texts.nav["settings"] ?? ""}
          pages={{ ...all, rows }}
          columns={columns}
          idOf={({ key }) => key}
          empty={[t.no_settings]}
        />
      )}
    </>
  );
}
