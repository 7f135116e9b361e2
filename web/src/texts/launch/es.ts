/** Spanish. */
import type { LaunchCatalogue } from "./index";
import { es as codes } from "../codes/es";

export const es: LaunchCatalogue = {
  ...codes,

  // A launch that came to nothing: a heading, and what to do.
  "refused.again": "Haz clic otra vez",
  "refused.setup": "Esta sala aún no está configurada",
  "refused.room": "Esta sala no se puede abrir",
  "refused.later": "Inténtalo de nuevo en un momento",
  "refused.registration": "El registro no funcionó",
  "refused.used": "Este acceso ya se usó o tardó demasiado. Vuelve a tu curso y haz clic de nuevo en el enlace.",
  "refused.expired": "El clic tardó demasiado en llegar. Vuelve a tu curso y haz clic de nuevo en el enlace.",
  "refused.clocks": "Tu plataforma educativa y este servidor no coinciden en la hora. Vuelve a tu curso y haz clic de nuevo en un minuto. Si no sirve, avisa a la administración.",
  "refused.stranger": "Este servidor no conoce tu plataforma educativa. No es por nada que hayas hecho: avisa a la administración.",
  "refused.misunderstood": "Tu plataforma educativa y este servidor aún no se entienden. No es por nada que hayas hecho: avisa a la administración.",
  "refused.keys": "Este servidor no pudo comprobar con tu plataforma educativa quién eres. Vuelve a tu curso y haz clic de nuevo en un minuto. Si no sirve, avisa a la administración.",
  "refused.another": "Este enlace lleva a una sala de otro curso. Pide a tu docente que añada de nuevo la sala a este curso.",
  "refused.name": "El nombre de la sala en este enlace no se puede leer. Pide a tu docente que añada de nuevo la sala.",
  "refused.not_allowed": "Solo el profesorado puede añadir salas. Si das este curso, pide a la administración que compruebe tu rol.",
  "refused.too_many": "En este servidor no cabe otra sala. Pide a la administración que elimine las antiguas.",
  "refused.storage": "Este servidor no pudo guardar lo que necesita. Inténtalo de nuevo en un momento. Si no sirve, avisa a la administración.",
  "refused.no_cookies": "Tu navegador bloquea todas las cookies, incluso en una ventana propia. Permítelas para este sitio, vuelve a tu curso y haz clic de nuevo en el enlace.",
  "refused.draining": "Este servidor está a punto de reiniciarse. Vuelve a tu curso y haz clic de nuevo en un minuto.",
  "refused.registering": "Tu plataforma y este servidor no se pusieron de acuerdo. Pide a quien administra este servidor un nuevo enlace de registro e inténtalo de nuevo.",
  "refused.internal": "Algo falló por nuestra parte. Vuelve a tu curso y haz clic de nuevo. Si no sirve, avisa a la administración.",
  "refused.unreachable": "No se puede llegar a este servidor en este momento. Comprueba tu conexión, vuelve a tu curso y haz clic de nuevo.",
  "refused.details": "Para la administración",
  "refused.code": "Código",
  "refused.detail": "Detalle",
  "refused.platform": "Plataforma",
  "refused.meaning": "Significado",

  // The last resort.
  "elsewhere": "Abre la sala en una ventana nueva",
  "elsewhere.why": "Tu navegador impide que la sala te reconozca dentro de esta página. En una ventana propia funciona como siempre.",
  "elsewhere.open": "Abrir en una ventana nueva",
  "elsewhere.opened": "La sala está abierta en otra ventana",
  "elsewhere.opened.more": "Si no la ves, puede que tu navegador la haya bloqueado.",
  "elsewhere.again": "Abrirla otra vez",

  // Adding a room.
  "choose": "Añadir una sala",
  "choose.lead": "Tus estudiantes hacen clic en ella en el curso y ya están en la sala.",
  "choose.title": "Título",
  "choose.title.empty": "Ponle un título a la sala.",
  "choose.title.long": "Un título puede tener {most} caracteres como máximo.",
  "choose.access": "Acceso al escenario",
  "choose.access.open": "Abierto a todo el mundo",
  "choose.access.open.hint": "Cualquiera puede subir por su cuenta.",
  "choose.access.request": "Con solicitud",
  "choose.access.request.hint": "Quien quiere subir lo pide y la moderación decide.",
  "choose.access.invite": "Solo con invitación",
  "choose.access.invite.hint": "La moderación elige quién sube.",
  "choose.grade": "Libro de calificaciones",
  "choose.grade.none": "Nada",
  "choose.grade.none.hint": "La sala no toca el libro de calificaciones.",
  "choose.grade.attendance": "Asistencia",
  "choose.grade.attendance.hint": "Qué parte del tiempo estuvo cada persona, en porcentaje.",
  "choose.grade.stage": "Minutos en el escenario",
  "choose.grade.stage.hint": "Se anota el tiempo que cada cual estuvo en el escenario.",
  "choose.do": "Añadir la sala",
  "choose.cancel": "Cancelar",
  "choose.unreachable": "No se puede llegar al servidor. No se ha perdido nada de lo que has escrito: inténtalo de nuevo en un momento.",

  // After a registration.
  "registered": "Proscenium está registrado en {name}",
  "registered.unnamed": "Proscenium está registrado",
  "registered.then": "El profesorado ya puede añadir salas.",
  "registered.close": "Cerrar",
  "registered.closing": "Ya puedes cerrar esta ventana.",
};
