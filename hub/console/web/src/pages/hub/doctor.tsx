// What is likely to be wrong with the hub, and what to do.
import { useState } from "preact/hooks";
import type { CheckFinding } from "@v1";
import { Card, Failure, Loading, PageHead } from "../../components/bits";
import { useRows } from "../../query";
import { useKeys } from "../../shortcuts";
import { texts } from "../../texts";
import { FindingList } from "./finding_list";

const t = texts.about;

export function Doctor() {
  const [asks, setAsks] = useState(false);
  const found = useRows<CheckFinding>("v1/doctor", asks ? { receivers: "true" } : {});
  useKeys({ r: found.reload });
  const isWell = found.rows.every(({ weight }) => weight === "ok");
  return (
    <>
      <PageHead
        title={texts.nav["doctor"]}
        side={
          <>
            <button aria-pressed={asks} onClick={() => setAsks(!asks)}>
              {t.ask}
            </button>
            <button class="primary" onClick={found.reload}>
              {texts.common.again}
            </button>
          </>
        }
      />
      <p class="faint">{t.doctor_lead}</p>
      {found.error && <Failure error={found.error} again={found.reload} />}
      {found.isLoading && (asks ? <p class="faint">{t.asking}</p> : <Loading />)}
      {found.rows.length > 0 && (
        <Card title={isWell ? t.none_wrong : t.findings}>
          <FindingList findings={found.rows} />
        </Card>
      )}
    </>
  );
}
