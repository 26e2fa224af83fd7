import { render } from "preact";
import { App } from "./app";
import { startRouter } from "./router";
import { resume } from "./sign_in";
import { startTheme } from "./theme";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/parts.css";
import "./styles/data.css";

startTheme();
startRouter();
void resume();
const root = document.getElementById("app");
if (root) render(<App />, root);
