import { translated } from "../../words/translated";

const en = {
  noVersions: "The view “review” needs “versions”: a list of objects, each with the keys that were made, “answer” and “sessions”.",
  noView: "The view “review” needs “view_id”: the view under review.",
  versions: "What the annotators said; pick one to go on from",
  votes: "What the annotators said",
  version: (place: number) => `Version ${place}`,
  annotators: (count: number) => (count === 1 ? "1 annotator" : `${count} annotators`),
  nobody: "Nobody named",
  nothing: "Nothing marked",
  items: (count: number) => (count === 1 ? "1 entry" : `${count} entries`),
  own: "Your own version",
  like: (place: number) => `As version ${place}`,
  editor: "Your answer",
  keys: { pick: "Pick a version", anytime: "Pick a version, also while editing", step: "Version before, version after" },
};

const de: typeof en = {
  noVersions: "Die Ansicht „review“ braucht „versions“: eine Liste von Objekten, jedes mit dem Ergebnis, „answer“ und „sessions“.",
  noView: "Die Ansicht „review“ braucht „view_id“: die Ansicht, um die es geht.",
  versions: "Was gesagt wurde; wählen Sie, wovon Sie ausgehen",
  votes: "Was gesagt wurde",
  version: (place) => `Fassung ${place}`,
  annotators: (count) => (count === 1 ? "1 Person" : `${count} Personen`),
  nobody: "Ohne Namen",
  nothing: "Nichts markiert",
  items: (count) => (count === 1 ? "1 Eintrag" : `${count} Einträge`),
  own: "Ihre eigene Fassung",
  like: (place) => `Wie Fassung ${place}`,
  editor: "Ihre Antwort",
  keys: { pick: "Fassung wählen", anytime: "Fassung wählen, auch beim Bearbeiten", step: "Fassung davor, danach" },
};

export const say = translated({ en, de });
