/** What goes for the whole poll. */
import type { WrittenPoll } from "../../model/draft";
import { t } from "../../texts";
import { Check, TextField, type Form } from "./fields";

export function Options({ form, poll }: { form: Form; poll: WrittenPoll }) {
  const option = (name: "anonymous" | "held" | "quiz") => (
    <Check
      form={form}
      name={name}
      label={t(`poll.option.${name}`)}
      hint={t(`poll.option.${name}.hint`)}
      checked={poll[name]}
      onCheck={(checked) => form.change({ ...poll, [name]: checked })}
    />
  );
  return (
    <fieldset class="options">
      <legend>{t("poll.options")}</legend>
      {option("anonymous")}
      {option("held")}
      {option("quiz")}
      {poll.quiz && (
        <TextField
          form={form}
          name="seconds"
          label={t("poll.option.seconds")}
          hint={t("poll.option.seconds.hint")}
          value={poll.seconds}
          numeric
          onInput={(seconds) => form.change({ ...poll, seconds })}
        />
      )}
      {poll.quiz && !poll.anonymous && (
        <Check
          form={form}
          name="leaders"
          label={t("poll.option.leaders")}
          hint={t("poll.option.leaders.hint")}
          checked={poll.leaderBoard}
          onCheck={(leaderBoard) => form.change({ ...poll, leaderBoard })}
        />
      )}
    </fieldset>
  );
}
