/** German. */
import type { LaunchCatalogue } from "./index";
import { de as codes } from "../codes/de";

export const de: LaunchCatalogue = {
  ...codes,

  // A launch that came to nothing: a heading, and what to do.
  "refused.again": "Bitte klicken Sie noch einmal",
  "refused.setup": "Dieser Raum ist noch nicht eingerichtet",
  "refused.room": "Dieser Raum kann nicht geöffnet werden",
  "refused.later": "Bitte gleich noch einmal versuchen",
  "refused.registration": "Die Registrierung ist nicht gelungen",
  "refused.used": "Dieser Zugang wurde schon benutzt oder hat zu lange gebraucht. Gehen Sie zurück in Ihren Kurs und klicken Sie erneut auf den Link.",
  "refused.expired": "Der Klick war zu lange hierher unterwegs. Gehen Sie zurück in Ihren Kurs und klicken Sie erneut auf den Link.",
  "refused.clocks": "Ihre Lernplattform und dieser Server sind sich über die Uhrzeit nicht einig. Gehen Sie zurück in Ihren Kurs und klicken Sie in einer Minute erneut. Hilft das nicht, sagen Sie es Ihrer Administration.",
  "refused.stranger": "Dieser Server kennt Ihre Lernplattform nicht. Es liegt nicht an Ihnen: Bitte sagen Sie es Ihrer Administration.",
  "refused.misunderstood": "Ihre Lernplattform und dieser Server verstehen sich noch nicht. Es liegt nicht an Ihnen: Bitte sagen Sie es Ihrer Administration.",
  "refused.keys": "Dieser Server konnte bei Ihrer Lernplattform nicht prüfen, wer Sie sind. Gehen Sie zurück in Ihren Kurs und klicken Sie in einer Minute erneut. Hilft das nicht, sagen Sie es Ihrer Administration.",
  "refused.another": "Dieser Link führt zum Raum eines anderen Kurses. Bitten Sie Ihre Lehrkraft, den Raum in diesem Kurs neu hinzuzufügen.",
  "refused.name": "Der Name des Raums in diesem Link ist nicht lesbar. Bitten Sie Ihre Lehrkraft, den Raum neu hinzuzufügen.",
  "refused.not_allowed": "Nur Lehrende können einen Raum hinzufügen. Wenn Sie diesen Kurs unterrichten, bitten Sie Ihre Administration, Ihre Rolle zu prüfen.",
  "refused.too_many": "Auf diesem Server ist kein Platz für einen weiteren Raum. Bitten Sie Ihre Administration, alte zu entfernen.",
  "refused.storage": "Dieser Server konnte nicht speichern, was er muss. Versuchen Sie es gleich noch einmal. Hilft das nicht, sagen Sie es Ihrer Administration.",
  "refused.no_cookies": "Ihr Browser blockiert alle Cookies, auch in einem eigenen Fenster. Erlauben Sie sie für diese Website, gehen Sie dann zurück in Ihren Kurs und klicken Sie den Link noch einmal an.",
  "refused.draining": "Dieser Server startet gerade neu. Gehen Sie zurück in Ihren Kurs und klicken Sie in einer Minute erneut.",
  "refused.registering": "Ihre Plattform und dieser Server konnten sich nicht einigen. Bitten Sie den Betreiber dieses Servers um einen neuen Registrierungslink, und versuchen Sie es dann erneut.",
  "refused.internal": "Bei uns ist etwas schiefgegangen. Gehen Sie zurück in Ihren Kurs und klicken Sie erneut. Hilft das nicht, sagen Sie es Ihrer Administration.",
  "refused.unreachable": "Dieser Server ist gerade nicht erreichbar. Prüfen Sie Ihre Verbindung, gehen Sie zurück in Ihren Kurs und klicken Sie erneut.",
  "refused.details": "Für Ihre Administration",
  "refused.code": "Code",
  "refused.detail": "Einzelheiten",
  "refused.platform": "Plattform",
  "refused.meaning": "Bedeutung",

  // The last resort.
  "elsewhere": "Den Raum in einem neuen Fenster öffnen",
  "elsewhere.why": "Ihr Browser hindert den Raum daran, Sie innerhalb dieser Seite zu erkennen. In einem eigenen Fenster geht es wie gewohnt.",
  "elsewhere.open": "In neuem Fenster öffnen",
  "elsewhere.opened": "Der Raum ist in einem anderen Fenster offen",
  "elsewhere.opened.more": "Wenn Sie es nicht sehen, hat Ihr Browser es vielleicht zurückgehalten.",
  "elsewhere.again": "Erneut öffnen",

  // Adding a room.
  "choose": "Raum hinzufügen",
  "choose.lead": "Ihre Studierenden klicken ihn im Kurs an und sind im Raum.",
  "choose.title": "Titel",
  "choose.title.empty": "Geben Sie dem Raum einen Titel.",
  "choose.title.long": "Ein Titel darf höchstens {most} Zeichen haben.",
  "choose.access": "Zugang zur Bühne",
  "choose.access.open": "Offen für alle",
  "choose.access.open.hint": "Alle können von sich aus auf die Bühne kommen.",
  "choose.access.request": "Auf Anfrage",
  "choose.access.request.hint": "Das Publikum fragt an, die Moderation entscheidet.",
  "choose.access.invite": "Nur auf Einladung",
  "choose.access.invite.hint": "Die Moderation wählt aus, wer auf die Bühne kommt.",
  "choose.grade": "Notenbuch",
  "choose.grade.none": "Nichts",
  "choose.grade.none.hint": "Der Raum lässt das Notenbuch in Ruhe.",
  "choose.grade.attendance": "Anwesenheit",
  "choose.grade.attendance.hint": "Wie viel der Zeit jemand da war, in Prozent.",
  "choose.grade.stage": "Minuten auf der Bühne",
  "choose.grade.stage.hint": "Eingetragen wird, wie lange jemand auf der Bühne war.",
  "choose.do": "Raum hinzufügen",
  "choose.cancel": "Abbrechen",
  "choose.unreachable": "Der Server ist nicht erreichbar. Nichts von Ihrer Eingabe ist verloren: Versuchen Sie es gleich noch einmal.",

  // After a registration.
  "registered": "Proscenium ist bei {name} registriert",
  "registered.unnamed": "Proscenium ist registriert",
  "registered.then": "Lehrende können jetzt Räume hinzufügen.",
  "registered.close": "Schließen",
  "registered.closing": "Sie können dieses Fenster jetzt schließen.",
};
