/**
 * Command buttons for the billing contract form of a model-driven app: Preview, Sync now and
 * Set default. Each command takes PrimaryControl, the form's context, as its only parameter.
 * docs/crm-front-end.md tells how to set them up.
 */
"use strict";

(() => {
  const PREVIEW_PAGE = "syn_/seatsync/seatsync-preview.html";
  const NOTICE = "seatsync";
  const NOTICE_LENGTH = 400;
  const busy = new Set();

  /** Command: show what a sync would do, and let the user tick what is new. */
  function openPreview(form) {
    return once(form, async () => {
      const page = { data: contractOf(form), pageType: "webresource", webresourceName: PREVIEW_PAGE };
      const size = { unit: "%", value: 70 };
      await Xrm.Navigation.navigateTo(page, { height: size, target: 2, title: "Sync Subscriptions", width: size });
      await form.data.refresh(false);
    });
  }

  /** Command: sync what is on the contract now; what is new is left to the preview's ticks. */
  function syncNow(form) {
    return once(form, async () => {
      notice(form, "Asking the providers …", "INFO");
      const shown = await Seatsync.preview(contractOf(form));
      if (shown.failures.length) throw Seatsync.failureOf(shown.failures[0]);
      const { confirmed } = await Xrm.Navigation.openConfirmDialog({
        confirmButtonLabel: "Sync now",
        text: summary(shown),
        title: "Sync Subscriptions",
      });
      if (!confirmed) return form.ui.clearFormNotification(NOTICE);
      const job = await Seatsync.proceed(shown, [], (text) => notice(form, text, "INFO"));
      notice(form, Seatsync.outcomeText(job), "INFO");
      return form.data.refresh(false);
    });
  }

  /** Command: let new subscriptions of the account land on this contract. */
  function setDefault(form) {
    return once(form, async () => {
      notice(form, "Setting the default contract …", "INFO");
      const contract = await markDefault(contractOf(form));
      if (!contract) return form.ui.clearFormNotification(NOTICE);
      notice(form, `New subscriptions of ${contract.account.name} land on ${contract.name}.`, "INFO");
      return form.data.refresh(false);
    });
  }

  async function markDefault(billingContractId) {
    const first = await Seatsync.ask("SetDefault", { billingContractId });
    const [error] = first.setDefaultBillingContract.userErrors;
    if (error?.code !== "DEFAULT_CONTRACT_EXISTS") {
      return Seatsync.accepted(first.setDefaultBillingContract).billingContract;
    }
    const { confirmed } = await Xrm.Navigation.openConfirmDialog({
      confirmButtonLabel: "Replace it",
      text: `${Seatsync.capital(error.message)}.`,
      title: "Set default",
    });
    if (!confirmed) return null;
    const second = await Seatsync.ask("SetDefault", { billingContractId, replaceExisting: true });
    return Seatsync.accepted(second.setDefaultBillingContract).billingContract;
  }

  function summary(shown) {
    const { changed, tickable } = Seatsync.sorted(shown);
    const lines = changed.map((one) => `${one.name}: ${one.fieldChanges.map(Seatsync.changeText).join(", ")}`);
    const head = changed.length ? `${changed.length} changed:` : "Nothing has changed.";
    const tail = tickable.length ? [`${tickable.length} new, left out: tick them in the preview.`] : [];
    return [head, ...lines, ...tail].join("\n");
  }

  /** Run a command of a form unless one is running there; whatever goes wrong is told on it. */
  async function once(form, work) {
    const contract = contractOf(form);
    if (busy.has(contract)) return;
    busy.add(contract);
    try {
      await work();
    } catch (problem) {
      notice(form, problem instanceof Seatsync.Trouble ? problem.text : String(problem), "ERROR");
    } finally {
      busy.delete(contract);
    }
  }

  function notice(form, text, level) {
    form.ui.setFormNotification(text.slice(0, NOTICE_LENGTH), level, NOTICE);
  }

  /** The CRM writes ids in braces and capitals, the API in neither. */
  function contractOf(form) {
    return form.data.entity.getId().replace(/[{}]/g, "").toLowerCase();
  }

  Object.assign(Seatsync, { openPreview, setDefault, syncNow });
})();
