"""The command that erases a person's or a task's data."""

from pathlib import Path

import click

from prodflow.store.place import store_folder


@click.command("erase")
@click.argument("datasets", nargs=-1, required=True)
@click.option("--annotator", help="Erase what this person answered, and the name.")
@click.option("--task", type=int, help="Erase the task with this _task_hash, whoever answered it.")
@click.option("--input", "input_", type=int, help="Erase all tasks about the data with this _input_hash.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option("--store", type=click.Path(path_type=Path), help="The store's folder; by default the configured one.")
def erase_command(
    datasets: tuple[str, ...],
    annotator: str | None,
    task: int | None,
    input_: int | None,
    yes: bool,
    store: Path | None,
) -> None:
    """Erase a person's answers, or a task, from every file of the store; there is no way back.

    The journal is written anew, with its log; so are the sealed files. A person's links end. An erase that is
    interrupted is finished when the store is next opened. A server on the store has to be stopped first. Exported
    files are not touched: they are listed, and their manifests say what happened.
    """
    from prodflow.server.invites import Invites
    from prodflow.store.claim import nobody_serving
    from prodflow.store.erase import Target, count_erased
    from prodflow.store.journal import Journal

    if sum(value is not None for value in (annotator, task, input_)) != 1:
        raise click.UsageError("say what to erase: --annotator NAME, --task HASH or --input HASH")
    folder, target = store_folder(store), Target(annotator, task, input_)
    count = count_erased(folder, datasets, target)
    if not yes:
        what = f"what {annotator} answered" if annotator is not None else f"the task {task or input_}"
        question = f"Erase {what} from {', '.join(datasets)}, {count} answers?"
        click.confirm(question, abort=True, err=True)
    # The journal is that of all datasets: nobody may serve any.
    with nobody_serving(folder), Journal.open(folder) as journal:
        done = journal.erase(datasets, target)
        if annotator is not None:
            Invites(folder).forget(datasets, annotator)
    more = f" and {done.quarantined} records in quarantine" if done.quarantined else ""
    click.echo(f"{', '.join(datasets)}: erased {done.answers} answers ({done.events} events){more}", err=True)
    for manifest in done.exports:
        export = str(manifest).removesuffix(".manifest.json")
        click.echo(f"note: {export} was exported before: delete it, or export it again", err=True)
    for name, mentioned in done.mentions.items():
        click.echo(f"note: {mentioned} answers of others in {name} still name {annotator}", err=True)
