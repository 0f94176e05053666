/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/document.h"

#include "protocol/text.h"

#include <string.h>

static void write(struct writer *out, const char *markup) {
    writer_span(out, span_text(markup));
}

/* What a byte of text is in HTML, if it is not itself. */
static const char *entity_of(uint8_t byte) {
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\n':
        return "<br>\n";
    default:
        return NULL;
    }
}

static void write_text(struct writer *out, struct span text) {
    struct writer safe;

    writer_init(&safe, SIZE_MAX); /* no longer than a few times the text */
    text_escape(&safe, text, true);
    for (size_t i = 0; i < safe.len; i++) {
        const char *entity = entity_of(safe.data[i]);
        if (entity != NULL) {
            write(out, entity);
        } else {
            writer_u8(out, safe.data[i]);
        }
    }
    writer_clear(&safe);
}

static void write_element(struct writer *out, const char *open, struct span text,
                          const char *close) {
    write(out, open);
    write_text(out, text);
    write(out, close);
}

static void html_begin(struct writer *out, enum language language, struct span title) {
    write(out, "<!DOCTYPE html>\n<html lang=\"");
    write(out, language == LANGUAGE_INDONESIAN ? "id" : "en");
    write(out, "\">\n<head>\n<meta charset=\"utf-8\">\n");
    write(out,
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'\">\n");
    write_element(out, "<title>", title, "</title>\n");
    write(out,
          "<style>\n"
          "body { font-family: serif; line-height: 1.4; max-width: 42em; margin: 2em auto; }\n"
          "h1 { font-size: 1.4em; } h2 { font-size: 1.15em; border-bottom: 1px solid; }\n"
          "h3 { font-size: 1em; margin-bottom: 0; } p { margin: 0.2em 0 0.2em 1em; }\n"
          "h2, h3 { break-after: avoid; } table { width: 100%; margin-top: 2em; }\n"
          "td { width: 50%; vertical-align: top; } .name { padding-top: 4em; }\n"
          "@page { margin: 2cm; }\n"
          "</style>\n</head>\n<body>\n");
    write_element(out, "<h1>", title, "</h1>\n");
}

static void html_section(struct writer *out, struct span title) {
    write_element(out, "<h2>", title, "</h2>\n");
}

static void html_heading(struct writer *out, struct span title) {
    write_element(out, "<h3>", title, "</h3>\n");
}

static void html_field(struct writer *out, struct span label, struct span value) {
    write_element(out, "<p><b>", label, ":</b> ");
    write_element(out, "", value, "</p>\n");
}

static void html_paragraph(struct writer *out, struct span text) {
    write_element(out, "<p>", text, "</p>\n");
}

static void write_signature(struct writer *out, const struct signature *who) {
    write_element(out, "<td><div>", span_text(who->above), "</div>");
    write_element(out, "<div>", span_text(who->role), "</div>");
    write_element(out, "<div class=\"name\">",
                  span_text(who->name[0] != '\0' ? who->name : "(______________________)"),
                  "</div></td>");
}

static void html_sign(struct writer *out, struct span place,
                      const struct signature who[SIGNATURES]) {
    write_element(out, "<p>", place, "</p>\n<table><tr>");
    for (size_t i = 0; i < SIGNATURES; i++) {
        write_signature(out, &who[i]);
    }
    write(out, "</tr></table>\n");
}

static void html_end(struct writer *out) {
    write(out, "</body>\n</html>\n");
}

const struct document_style document_html = {
    .begin = html_begin,
    .section = html_section,
    .heading = html_heading,
    .field = html_field,
    .paragraph = html_paragraph,
    .sign = html_sign,
    .end = html_end,
};
