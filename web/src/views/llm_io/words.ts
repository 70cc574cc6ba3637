import { translated } from "../../words/translated";

const en = {
  needs: "“llm” with a “prompt” and a “response”",
  prompt: "Prompt",
  response: "Response",
  copy: "Copy",
  copied: "Copied",
  notCopied: "Could not copy",
  copyWhat: (what: string) => `Copy: ${what}`,
  characters: (count: string) => `${count} characters`,
  keys: { prompt: "Open or close the prompt", response: "Open or close the response" },
};

const de: typeof en = {
  needs: "„llm“ mit „prompt“ und „response“",
  prompt: "Prompt",
  response: "Antwort",
  copy: "Kopieren",
  copied: "Kopiert",
  notCopied: "Kopieren nicht möglich",
  copyWhat: (what) => `Kopieren: ${what}`,
  characters: (count) => `${count} Zeichen`,
  keys: { prompt: "Prompt auf- oder zuklappen", response: "Antwort auf- oder zuklappen" },
};

export const say = translated({ en, de });
