/**
 * The dialog behind the Preview button: what a sync would do, with ticks for what is new. It is
 * opened with the contract's id as `data`, as model-driven apps open web resources.
 */
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const contractId = new URLSearchParams(location.search).get("data");
  let shown = null;

  /** Ask the providers, and show what a sync would do. */
  function look() {
    return attempt("Asking the providers …", async () => {
      shown = null;
      shown = await Seatsync.preview(contractId);
      document.querySelector("tbody").replaceChildren(...shown.candidates.map(row));
      document.querySelector("table").hidden = false;
      const troubles = shown.failures.map((failure) => Seatsync.failureOf(failure).text);
      tell(troubles.join("\n") || "Tick what is new and belongs to this contract.", troubles.length);
    });
  }

  /** Do what is shown and ticked; asking twice for one preview is one job. */
  function proceed() {
    return attempt("The sync is asked for …", async () => {
      const ticked = [...document.querySelectorAll("input:checked")].map(({ value }) => value);
      const job = await Seatsync.proceed(shown, ticked, tell);
      shown = null;
      tell(Seatsync.outcomeText(job));
    });
  }

  async function attempt(what, work) {
    setBusy(true);
    tell(what);
    try {
      await work();
    } catch (problem) {
      tell(problem instanceof Seatsync.Trouble ? problem.text : String(problem), true);
    } finally {
      setBusy(false);
    }
  }

  function setBusy(isBusy) {
    byId("proceed").disabled = isBusy || !shown;
    byId("again").disabled = isBusy;
  }

  function tell(text, isError = false) {
    byId("notice").textContent = text;
    byId("notice").classList.toggle("error", Boolean(isError));
  }

  function row(candidate) {
    const cells = [
      tick(candidate),
      candidate.name,
      candidate.providerAccount.name,
      String(candidate.quantity),
      effect(candidate),
    ];
    const line = document.createElement("tr");
    line.append(
      ...cells.map((content) => {
        const cell = document.createElement("td");
        cell.append(content);
        return cell;
      }),
    );
    return line;
  }

  function tick({ id, name, placement, selectable }) {
    if (!selectable || placement === "THIS_CONTRACT") return "";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.value = id;
    box.setAttribute("aria-label", name);
    return box;
  }

  function effect({ change, fieldChanges, placement }) {
    if (placement === "OTHER_CONTRACT") return "Nothing here: it is on another contract";
    if (placement === "NOWHERE") return "New: it comes onto this contract if ticked";
    if (change === "UNCHANGED") return "Nothing";
    return fieldChanges.map(Seatsync.changeText).join(", ");
  }

  byId("proceed").addEventListener("click", proceed);
  byId("again").addEventListener("click", look);
  look();
})();
