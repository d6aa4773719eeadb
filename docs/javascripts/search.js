// What the page sends to the worker of the search. Type 0 has the documents, type 2 the query.
const send = Worker.prototype.postMessage

Worker.prototype.postMessage = function (message, ...more) {
  if (message?.type === 0 && Array.isArray(message.data?.docs)) {
    // the index has the pages of both languages: find those of this one
    const english = document.documentElement.lang === 'en'
    message.data.docs = message.data.docs.filter((found) => found.location.startsWith('en/') === english)
  }
  if (message?.type === 2 && typeof message.data === 'string') {
    // a code such as -604101 is typed with its sign, which the search takes for "without"
    message.data = message.data.replace(/(^|\s)-(?=\d)/g, '$1')
  }
  return send.call(this, message, ...more)
}
