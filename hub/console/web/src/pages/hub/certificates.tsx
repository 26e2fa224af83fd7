// What the hub shows to others: whose, how long it is good, and what is wrong with it.
import type { HubCertificate } from "@v1";
import { Card, Empty, Facts, PageFailure, Loading, PageHead } from "../../components/bits";
import { Time } from "../../components/time";
import { useRows } from "../../query";
import { texts } from "../../texts";
import { FindingList } from "./finding_list";

const t = texts.about;

export function Certificates() {
  const { rows, error, isLoading, reload } = useRows<HubCertificate>("v1/certificates");
  if (error && rows.length === 0) return <PageFailure error={error} again={reload} />;
  if (isLoading) return <Loading />;
  return (
    <>
      <PageHead title={texts.nav["certificates"]} />
      {rows.length === 0 && <Empty title={t.no_certificates} hint={t.no_certificates_hint} />}
      <div class="cards">
        {rows.map((each) => (
          <One key={`${each.use} ${each.file}`} certificate={each} />
        ))}
      </div>
    </>
  );
}

function One({ certificate: c }: { certificate: HubCertificate }) {
  return (
    <Card title={c.use}>
      <Facts
        rows={[
          [t.subject, c.subject],
          [texts.common.name, c.names.join(", ")],
          [t.issuer, c.issuer],
          [t.since, c.not_before && <Time at={c.not_before} />],
          [
            t.until,
            c.not_after && (
              <>
                <Time at={c.not_after} /> (<Time at={c.not_after} far />)
              </>
            ),
          ],
          [t.fingerprint, c.sha256 && <code class="break">{c.sha256}</code>],
          [t.file, <code class="break">{c.file}</code>],
        ]}
      />
      {c.findings.length === 0 ? (
        <p class="faint">{t.all_well}</p>
      ) : (
        <FindingList findings={c.findings} />
      )}
    </Card>
  );
}
