"use strict";
// Passkeys: <form data-passkey="get" data-passkey-ask="/de/passkey/frage"> is hidden until the browser turns out to
// know them. Its button asks that address for a challenge, lets the person answer it with the passkey, and sends the
// form with the answer as JSON in the field "answer". "create" makes a new passkey instead.

const toBytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const toText = (bytes) => {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const withBytes = (list) => (list || []).map((each) => ({ ...each, id: toBytes(each.id) }));

const readOptions = (options) => ({
  ...options,
  challenge: toBytes(options.challenge),
  ...(options.user && { user: { ...options.user, id: toBytes(options.user.id) } }),
  ...(options.allowCredentials && { allowCredentials: withBytes(options.allowCredentials) }),
  ...(options.excludeCredentials && { excludeCredentials: withBytes(options.excludeCredentials) }),
});

const written = (credential) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response });
};

const answer = async (form) => {
  const asked = await fetch(form.dataset.passkeyAsk, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrf_token.value },
  });
  if (!asked.ok) throw new Error(asked.statusText);
  const publicKey = readOptions(await asked.json());
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.answer.value = written(credential);
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const known = Boolean(window.PublicKeyCredential && navigator.credentials);
  form.hidden = !known;
  const unable = document.querySelector("[data-passkey-unable]");
  if (unable) unable.hidden = known;
  const failed = form.querySelector("[data-passkey-failed]");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    failed.hidden = true;
    button.disabled = true;
    try {
      await answer(form);
      form.submit();
    } catch {
      failed.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}
