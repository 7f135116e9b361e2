/** French. */
import type { LaunchCatalogue } from "./index";
import { fr as codes } from "../codes/fr";

export const fr: LaunchCatalogue = {
  ...codes,

  // A launch that came to nothing: a heading, and what to do.
  "refused.again": "Cliquez encore une fois",
  "refused.setup": "Cette salle n’est pas encore configurée",
  "refused.room": "Cette salle ne peut pas être ouverte",
  "refused.later": "Réessayez dans un instant",
  "refused.registration": "L’enregistrement n’a pas abouti",
  "refused.used": "Cet accès a déjà servi ou a pris trop de temps. Revenez à votre cours et cliquez de nouveau sur le lien.",
  "refused.expired": "Le clic a mis trop de temps à arriver. Revenez à votre cours et cliquez de nouveau sur le lien.",
  "refused.clocks": "Votre plateforme et ce serveur ne sont pas d’accord sur l’heure. Revenez à votre cours et cliquez de nouveau dans une minute. Si cela ne suffit pas, prévenez votre administration.",
  "refused.stranger": "Ce serveur ne connaît pas votre plateforme. Vous n’y êtes pour rien : prévenez votre administration.",
  "refused.misunderstood": "Votre plateforme et ce serveur ne se comprennent pas encore. Vous n’y êtes pour rien : prévenez votre administration.",
  "refused.keys": "Ce serveur n’a pas pu vérifier auprès de votre plateforme qui vous êtes. Revenez à votre cours et cliquez de nouveau dans une minute. Si cela ne suffit pas, prévenez votre administration.",
  "refused.another": "Ce lien mène à la salle d’un autre cours. Demandez à votre enseignant d’ajouter de nouveau la salle à ce cours.",
  "refused.name": "Le nom de la salle dans ce lien est illisible. Demandez à votre enseignant d’ajouter de nouveau la salle.",
  "refused.not_allowed": "Seul le corps enseignant peut ajouter une salle. Si vous enseignez ce cours, demandez à votre administration de vérifier votre rôle.",
  "refused.too_many": "Il n’y a plus de place pour une autre salle sur ce serveur. Demandez à votre administration d’en supprimer d’anciennes.",
  "refused.storage": "Ce serveur n’a pas pu enregistrer ce qu’il doit. Réessayez dans un instant. Si cela ne suffit pas, prévenez votre administration.",
  "refused.no_cookies": "Votre navigateur bloque tous les cookies, même dans une fenêtre à part. Autorisez-les pour ce site, puis retournez dans votre cours et cliquez à nouveau sur le lien.",
  "refused.draining": "Ce serveur est sur le point de redémarrer. Revenez à votre cours et cliquez de nouveau dans une minute.",
  "refused.registering": "Votre plateforme et ce serveur n’ont pas pu s’accorder. Demandez à l’exploitant de ce serveur un nouveau lien d’enregistrement, puis réessayez.",
  "refused.internal": "Un problème est survenu de notre côté. Revenez à votre cours et cliquez de nouveau. Si cela ne suffit pas, prévenez votre administration.",
  "refused.unreachable": "Ce serveur est injoignable pour le moment. Vérifiez votre connexion, revenez à votre cours et cliquez de nouveau.",
  "refused.details": "Pour votre administration",
  "refused.code": "Code",
  "refused.detail": "Détail",
  "refused.platform": "Plateforme",
  "refused.meaning": "Signification",

  // The last resort.
  "elsewhere": "Ouvrez la salle dans une nouvelle fenêtre",
  "elsewhere.why": "Votre navigateur empêche la salle de vous reconnaître dans cette page. Dans une fenêtre à elle, tout fonctionne comme d’habitude.",
  "elsewhere.open": "Ouvrir dans une nouvelle fenêtre",
  "elsewhere.opened": "La salle est ouverte dans une autre fenêtre",
  "elsewhere.opened.more": "Si vous ne la voyez pas, votre navigateur l’a peut-être bloquée.",
  "elsewhere.again": "L’ouvrir de nouveau",

  // Adding a room.
  "choose": "Ajouter une salle",
  "choose.lead": "Vos étudiants cliquent dessus dans le cours et sont dans la salle.",
  "choose.title": "Titre",
  "choose.title.empty": "Donnez un titre à la salle.",
  "choose.title.long": "Un titre peut avoir {most} caractères au plus.",
  "choose.access": "Accès à la scène",
  "choose.access.open": "Libre",
  "choose.access.open.hint": "Tout le monde peut monter librement.",
  "choose.access.request": "Sur demande",
  "choose.access.request.hint": "On envoie une demande, la modération décide.",
  "choose.access.invite": "Sur invitation",
  "choose.access.invite.hint": "La modération choisit qui monte.",
  "choose.grade": "Carnet de notes",
  "choose.grade.none": "Rien",
  "choose.grade.none.hint": "La salle ne touche pas au carnet de notes.",
  "choose.grade.attendance": "Présence",
  "choose.grade.attendance.hint": "La part du temps où chaque personne était là, en pourcentage.",
  "choose.grade.stage": "Minutes sur scène",
  "choose.grade.stage.hint": "Le temps passé sur scène est inscrit.",
  "choose.do": "Ajouter la salle",
  "choose.cancel": "Annuler",
  "choose.unreachable": "Le serveur est injoignable. Rien de ce que vous avez écrit n’est perdu : réessayez dans un instant.",

  // After a registration.
  "registered": "Proscenium est enregistré auprès de {name}",
  "registered.unnamed": "Proscenium est enregistré",
  "registered.then": "Le corps enseignant peut maintenant ajouter des salles.",
  "registered.close": "Fermer",
  "registered.closing": "Vous pouvez maintenant fermer cette fenêtre.",
};
