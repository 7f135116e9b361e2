/** Portuguese. */
import type { LaunchCatalogue } from "./index";
import { pt as codes } from "../codes/pt";

export const pt: LaunchCatalogue = {
  ...codes,

  // A launch that came to nothing: a heading, and what to do.
  "refused.again": "Clique mais uma vez",
  "refused.setup": "Esta sala ainda não está configurada",
  "refused.room": "Esta sala não pode ser aberta",
  "refused.later": "Tente de novo em instantes",
  "refused.registration": "O registro não funcionou",
  "refused.used": "Este acesso já foi usado ou demorou demais. Volte ao seu curso e clique no link de novo.",
  "refused.expired": "O clique demorou demais para chegar aqui. Volte ao seu curso e clique no link de novo.",
  "refused.clocks": "Sua plataforma de ensino e este servidor não concordam sobre a hora. Volte ao seu curso e clique de novo em um minuto. Se não adiantar, avise a administração.",
  "refused.stranger": "Este servidor não conhece sua plataforma de ensino. Não é nada que você tenha feito: avise a administração.",
  "refused.misunderstood": "Sua plataforma de ensino e este servidor ainda não se entendem. Não é nada que você tenha feito: avise a administração.",
  "refused.keys": "Este servidor não conseguiu confirmar com sua plataforma de ensino quem você é. Volte ao seu curso e clique de novo em um minuto. Se não adiantar, avise a administração.",
  "refused.another": "Este link leva a uma sala de outro curso. Peça à pessoa que ensina para adicionar a sala a este curso de novo.",
  "refused.name": "O nome da sala neste link não pode ser lido. Peça à pessoa que ensina para adicionar a sala de novo.",
  "refused.not_allowed": "Só quem ensina pode adicionar uma sala. Se você ensina neste curso, peça à administração para verificar seu papel.",
  "refused.too_many": "Não há espaço para outra sala neste servidor. Peça à administração para remover as antigas.",
  "refused.storage": "Este servidor não conseguiu salvar o que precisa. Tente de novo em instantes. Se não adiantar, avise a administração.",
  "refused.no_cookies": "Seu navegador bloqueia todos os cookies, mesmo em uma janela própria. Permita-os para este site, volte ao seu curso e clique no link de novo.",
  "refused.draining": "Este servidor está prestes a reiniciar. Volte ao seu curso e clique de novo em um minuto.",
  "refused.registering": "Sua plataforma e este servidor não chegaram a um acordo. Peça a quem opera este servidor um novo link de registro e tente de novo.",
  "refused.internal": "Algo deu errado do nosso lado. Volte ao seu curso e clique de novo. Se não adiantar, avise a administração.",
  "refused.unreachable": "Este servidor não pode ser alcançado no momento. Verifique sua conexão, volte ao seu curso e clique de novo.",
  "refused.details": "Para a administração",
  "refused.code": "Código",
  "refused.detail": "Detalhe",
  "refused.platform": "Plataforma",
  "refused.meaning": "Significado",

  // The last resort.
  "elsewhere": "Abra a sala em uma nova janela",
  "elsewhere.why": "Seu navegador impede que a sala reconheça você dentro desta página. Em uma janela própria, funciona como sempre.",
  "elsewhere.open": "Abrir em nova janela",
  "elsewhere.opened": "A sala está aberta em outra janela",
  "elsewhere.opened.more": "Se você não a vê, talvez o navegador a tenha bloqueado.",
  "elsewhere.again": "Abrir de novo",

  // Adding a room.
  "choose": "Adicionar uma sala",
  "choose.lead": "Seus estudantes clicam nela no curso e já estão na sala.",
  "choose.title": "Título",
  "choose.title.empty": "Dê um título à sala.",
  "choose.title.long": "Um título pode ter no máximo {most} caracteres.",
  "choose.access": "Acesso ao palco",
  "choose.access.open": "Todos no palco",
  "choose.access.open.hint": "Qualquer pessoa pode subir por conta própria.",
  "choose.access.request": "Com pedido",
  "choose.access.request.hint": "As pessoas pedem, a moderação decide.",
  "choose.access.invite": "Só com convite",
  "choose.access.invite.hint": "A moderação escolhe quem sobe.",
  "choose.grade": "Livro de notas",
  "choose.grade.none": "Nada",
  "choose.grade.none.hint": "A sala não mexe no livro de notas.",
  "choose.grade.attendance": "Presença",
  "choose.grade.attendance.hint": "Quanto do tempo cada pessoa esteve presente, em porcentagem.",
  "choose.grade.stage": "Minutos no palco",
  "choose.grade.stage.hint": "É lançado o tempo que cada pessoa esteve no palco.",
  "choose.do": "Adicionar a sala",
  "choose.cancel": "Cancelar",
  "choose.unreachable": "O servidor não pode ser alcançado. Nada do que você escreveu se perdeu: tente de novo em instantes.",

  // After a registration.
  "registered": "O Proscenium está registrado em {name}",
  "registered.unnamed": "O Proscenium está registrado",
  "registered.then": "Quem ensina já pode adicionar salas.",
  "registered.close": "Fechar",
  "registered.closing": "Você já pode fechar esta janela.",
};
