// As much of a model-driven app's client API as command buttons use, with the same shapes: ids in
// braces and capitals, notifications by id, dialogs that settle when they are closed.
"use strict";

const byId = (id) => document.getElementById(id);

function closed(dialog) {
  dialog.showModal();
  return new Promise((done) => {
    for (const button of dialog.querySelectorAll(":scope > button")) {
      button.onclick = () => dialog.close(button.value);
    }
    dialog.onclose = () => done(dialog.returnValue);
  });
}

var Xrm = {
  Navigation: {
    async navigateTo({ data, pageType, webresourceName }, { target }) {
      if (pageType !== "webresource" || target !== 2) throw new Error("not a dialog");
      byId("page").querySelector("iframe").src =
        `/${webresourceName}?data=${encodeURIComponent(data)}`;
      await closed(byId("page"));
    },
    async openConfirmDialog({ text }) {
      byId("confirm").querySelector("p").textContent = text;
      return { confirmed: (await closed(byId("confirm"))) === "yes" };
    },
  },
};

const formContext = {
  data: {
    entity: {
      getId: () => `{${new URLSearchParams(location.search).get("id").toUpperCase()}}`,
    },
    async refresh() {
      byId("refreshed").value = Number(byId("refreshed").value) + 1;
    },
  },
  ui: {
    clearFormNotification(id) {
      byId(`notice-${id}`)?.remove();
      return true;
    },
    setFormNotification(message, level, id) {
      this.clearFormNotification(id);
      const notice = document.createElement("li");
      notice.id = `notice-${id}`;
      notice.className = level;
      notice.textContent = message;
      byId("notices").prepend(notice);
      return true;
    },
  },
};

byId("preview").onclick = () => Seatsync.openPreview(formContext);
byId("sync").onclick = () => Seatsync.syncNow(formContext);
byId("default").onclick = () => Seatsync.setDefault(formContext);
