// The frame around every page: navigation, the banner when the hub is away, the keys.
import type { FunctionComponent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { askSession, connection, returns } from "./api";
import { applyBranding } from "./branding";
import { Loading, PageHead } from "./components/bits";
import { Confirm, Dialog } from "./components/dialog";
import { Icon } from "./components/icons";
import { Palette } from "./components/palette";
import { Toasts } from "./components/toast";
import { followFeed } from "./feed";
import { forgetNames, loadNames } from "./names";
import { groups, limitedPages, pages, portalPages } from "./pages";
import { SignIn } from "./pages/access/sign_in";
import { TenantChoice } from "./pages/access/tenant_choice";
import { question } from "./question";
import { href, place } from "./router";
import { isLimited, isPortal, latestSession, may, session } from "./session";
import { useGlobalKeys } from "./shortcuts";
import { signOut } from "./sign_in";
import { texts } from "./texts";
import { nextTheme, theme } from "./theme";

export function App() {
  const [isKnown, setKnown] = useState(false);
  const who = session.value;
  useEffect(() => {
    if (who) setKnown(true);
    if (isPortal) applyBranding(who?.tenant.branding?.accent);
  }, [who]);
  useEffect(() => {
    if (!who) return undefined;
    // A page that asks for nothing more should say so, too.
    const timer = setTimeout(askSession, Date.parse(who.expires_at) - Date.now() + 500);
    return () => clearTimeout(timer);
  }, [who]);
  if (who === undefined) return <Loading />;
  // A session that ended leaves the page as it is, below the form: nothing typed is lost.
  if (who === null && !isKnown) return <SignIn />;
  return (
    <>
      <Frame />
      {who === null && (
        <Dialog
          title={isPortal ? texts.sign_in.ended : texts.sign_in.title}
          onClose={() => undefined}
        >
          <SignIn again />
        </Dialog>
      )}
    </>
  );
}

/** The first page. */
const home = isPortal ? "subscriptions" : "overview";

const isAllowed = (name: string) => {
  if (isPortal && !portalPages.includes(name)) return false;
  if (isLimited() && !limitedPages.includes(name)) return false;
  const scope = pages[name]?.scope;
  if (scope === "operator") return latestSession.value?.operator === true;
  return scope === undefined || may(scope);
};

function Frame() {
  const [shown, setShown] = useState<"palette" | "help" | "menu" | undefined>();
  useGlobalKeys(
    () => setShown("palette"),
    () => setShown("help"),
  );
  const tenant = place.value.query["tenant"];
  useEffect(() => {
    forgetNames();
    void loadNames();
    // Who reaches some subscriptions only may not listen to all that happens.
    return isLimited() ? undefined : followFeed();
  }, [tenant, returns.value, session.value?.csrf]);
  const at = place.value.path[0] ?? home;
  useEffect(() => setShown(undefined), [place.value]);
  const reachable = Object.keys(pages).filter((name) => texts.nav[name] && isAllowed(name));
  return (
    <div class={shown === "menu" ? "frame menu-open" : "frame"}>
      <a class="skip" href="#content" onClick={skipToContent}>
        {texts.shell.skip}
      </a>
      <Side at={at} reachable={reachable} />
      <div class="body">
        <TopBar
          onMenu={() => setShown(shown === "menu" ? undefined : "menu")}
          isOpen={shown === "menu"}
          onSearch={() => setShown("palette")}
          onHelp={() => setShown("help")}
        />
        {connection.value === "away" && (
          <p class="banner" role="alert">
            {texts.hub.away}
          </p>
        )}
        <main id="content" tabIndex={-1}>
          <CurrentPage key={tenant} />
        </main>
      </div>
      {shown === "palette" && <Palette pages={reachable} onClose={() => setShown(undefined)} />}
      {question.value && (
        <Confirm
          {...question.value}
          onClose={() => {
            question.value = undefined;
          }}
        />
      )}
      {shown === "help" && <KeyHelp onClose={() => setShown(undefined)} />}
      <Toasts />
    </div>
  );
}

function skipToContent(event: Event) {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function CurrentPage() {
  const isFirst = useRef(true);
  const [name = home, id, action] = place.value.path;
  const page = pages[name];
  const Shown: FunctionComponent<{ id: string; action?: string | undefined }> | undefined =
    id === undefined ? page?.list : page?.one;
  useEffect(() => {
    document.title = `${texts.nav[name] ?? name} · ${texts.name}`;
    scrollTo(0, 0);
    // What had the focus went with the page before: one goes on in this one.
    const isLost = !isFirst.current && document.activeElement === document.body;
    if (isLost) document.getElementById("content")?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [name, id]);
  if (!Shown) return <PageHead title={texts.shell.unknown_page} />;
  return <Shown key={`${name} ${id} ${action}`} id={id ?? ""} action={action} />;
}

function Side({ at, reachable }: { at: string; reachable: string[] }) {
  return (
    <nav class="side" aria-label={texts.nav["label"]}>
      <a class="brand" href={href(home)}>
        <Brand />
      </a>
      {groups.map(({ title, names }) => {
        const shown = names.filter((name) => reachable.includes(name));
        return shown.length === 0 ? null : (
          <div key={title} class="group">
            {title && <p class="group-title">{texts.nav[title]}</p>}
            {shown.map((name) => (
              <a key={name} href={href(name)} aria-current={at === name ? "page" : undefined}>
                <Icon name={name} />
                {texts.nav[name]}
              </a>
            ))}
          </div>
        );
      })}
    </nav>
  );
}

/** The hub's name; in the portal the tenant's, with its logo. */
function Brand() {
  const tenant = isPortal ? latestSession.value?.tenant : undefined;
  const logo = tenant?.branding?.logo || "icon.svg";
  return (
    <>
      <img src={logo} alt="" height="26" />
      {tenant?.name ?? texts.name}
    </>
  );
}

function TopBar(props: {
  isOpen: boolean;
  onMenu: () => void;
  onSearch: () => void;
  onHelp: () => void;
}) {
  const themeName = texts.shell.themes[theme.value] ?? "";
  return (
    <header class="top">
      <button
        class="icon menu"
        aria-label={texts.shell.menu}
        aria-expanded={props.isOpen}
        onClick={props.onMenu}
      >
        <Icon name="menu" />
      </button>
      <button class="search" onClick={props.onSearch}>
        <Icon name="search" />
        <span>{texts.shell.search}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <div class="actions">
        <TenantChoice />
        <button
          class="icon"
          title={themeName}
          aria-label={`${texts.shell.theme}: ${themeName}`}
          onClick={nextTheme}
        >
          <Icon name={theme.value} />
        </button>
        <button
          class="icon"
          title={texts.shell.keys}
          aria-label={texts.shell.keys}
          onClick={props.onHelp}
        >
          <Icon name="help" />
        </button>
        <button
          class="icon"
          title={texts.shell.sign_out}
          aria-label={texts.shell.sign_out}
          onClick={() => void signOut()}
        >
          <Icon name="leave" />
        </button>
      </div>
    </header>
  );
}

function KeyHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      title={texts.keys.title}
      onClose={onClose}
      foot={<button onClick={onClose}>{texts.common.close}</button>}
    >
      <dl class="keys">
        {texts.keys.groups.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
