/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/self.h"

#include "store/db.h"
#include "store/device_file.h"
#include "store/device_own.h"
#include "store/keyring.h"
#include "store/letters.h"
#include "store/seals.h"

#include <string.h>

void self_init(struct self *self, struct identity *identity) {
    *self = (struct self) { .identity = identity, .view.identity = identity };
    writer_init(&self->person_cert, CERT_BYTES_MAX);
    writer_init(&self->chain, CHAIN_BYTES_MAX);
    writer_init(&self->device_cert, CERT_BYTES_MAX);
    writer_init(&self->seal_key, CERT_BYTES_MAX);
}

void self_clear(struct self *self) {
    writer_clear(&self->person_cert);
    writer_clear(&self->chain);
    writer_clear(&self->device_cert);
    writer_clear(&self->seal_key);
}

/* ---- Certificates and keys in memory ---- */

/* Fills the view from the certificates, which must be of one person and signed. */
static enum rb_status view_fill(struct self *self) {
    struct store_self *view = &self->view;
    enum rb_status status = cert_decode(writer_view(&self->person_cert), &view->person_cert);

    if (status == RB_OK) {
        status = cert_decode(writer_view(&self->device_cert), &view->device_cert);
    }
    if (status == RB_OK) {
        status = cert_verify_chain(&view->person_cert, &view->device_cert,
                                   writer_view(&self->chain), &view->letter);
    }
    if (status == RB_OK) {
        status = seal_key_decode(writer_view(&self->seal_key), &view->seal);
    }
    if (status == RB_OK) {
        status = seal_key_verify(&view->seal, &view->device_cert);
    }
    if (status != RB_OK) {
        return RB_DAMAGED;
    }
    view->chain = writer_view(&self->chain);
    view->region = view->person_cert.region;
    memcpy(view->person, view->person_cert.person, sizeof view->person);
    return RB_OK;
}

static bool keys_fit(const struct self *self) {
    const struct identity *identity = self->identity;
    const struct store_self *view = &self->view;

    return crypt_equal(identity->person.public, view->person_cert.subject, SIGN_PUBLIC_BYTES) &&
           crypt_equal(identity->device.public, view->device_cert.subject, SIGN_PUBLIC_BYTES) &&
           crypt_equal(identity->transport.public, view->device_cert.transport, BOX_PUBLIC_BYTES) &&
           crypt_equal(identity->seal.public, view->seal.public, BOX_PUBLIC_BYTES);
}

/* The device is called like its person: there is one device yet. */
enum rb_status self_make(struct self *self, const struct person_facts *facts, int64_t now_ms) {
    const int64_t now_s = now_ms / 1000;
    struct cert device;

    identity_new(self->identity);
    crypt_random(self->view.store_inc, sizeof self->view.store_inc);
    enum rb_status status = cert_issue_person(&self->person_cert, self->identity, facts, now_s);
    if (status == RB_OK) {
        status = cert_issue_device(&self->device_cert, self->identity, facts->name, now_s);
    }
    if (status == RB_OK) {
        status = cert_decode(writer_view(&self->device_cert), &device);
    }
    if (status == RB_OK) {
        status = seal_key_issue(&self->seal_key, self->identity, device.id, now_ms);
    }
    return status == RB_OK ? view_fill(self) : status;
}

/* ---- In the store ---- */

static enum rb_status setting_put(struct store *store, const char *name, struct span value) {
    static const char sql[] =
        "INSERT INTO setting (name, value)"
        " VALUES (?1, ?2)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_text(row, 1, span_text(name));
    db_bind_blob(row, 2, value);
    return db_run(row);
}

/* Appends the value, if there is one; RB_DAMAGED if it is too large. */
static enum rb_status setting_find(struct store *store, const char *name, struct writer *value,
                                   bool *found) {
    static const char sql[] =
        "SELECT value"
        " FROM setting"
        " WHERE name = ?1";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_text(row, 1, span_text(name));
    *found = db_step(row);
    if (*found) {
        writer_span(value, db_blob(row, 0));
    }
    const enum rb_status status = db_end(row);
    if (status != RB_OK) {
        return status;
    }
    return writer_end(value) == RB_OK ? RB_OK : RB_DAMAGED;
}

/* Appends the value; RB_DAMAGED if it is missing or too large. */
static enum rb_status setting_get(struct store *store, const char *name, struct writer *value) {
    bool found = false;
    const enum rb_status status = setting_find(store, name, value, &found);

    return status == RB_OK && !found ? RB_DAMAGED : status;
}

static enum rb_status seal_put(struct store *store, const struct identity *identity) {
    uint8_t generation[SEAL_NAME_BYTES];

    return keyring_put(store, SECRET_SEAL, keyring_seal_name(identity->seal_generation, generation),
                       span_of(identity->seal.secret, sizeof identity->seal.secret));
}

static enum rb_status identity_save(const struct identity *identity, struct store *store) {
    const struct span no_name = { 0 };
    const struct span person = span_of(identity->person.seed, sizeof identity->person.seed);
    const struct span device = span_of(identity->device_seed, sizeof identity->device_seed);
    enum rb_status status = keyring_put(store, SECRET_PERSON, no_name, person);

    if (status == RB_OK) {
        status = keyring_put(store, SECRET_DEVICE, no_name, device);
    }
    return status == RB_OK ? seal_put(store, identity) : status;
}

/* The certificate that is chosen, and what stands above it; it is kept among the letters, too. */
static enum rb_status letter_put(struct store *store, struct span person_cert, struct span chain) {
    enum rb_status status = setting_put(store, "person_cert", person_cert);

    if (status == RB_OK) {
        status = setting_put(store, "chain", chain);
    }
    return status == RB_OK ? letters_keep(store, person_cert, chain) : status;
}

/* What certs_load reads. */
static enum rb_status certs_put(struct store *store, const struct self *self) {
    enum rb_status status =
        letter_put(store, writer_view(&self->person_cert), writer_view(&self->chain));

    if (status == RB_OK) {
        status = setting_put(store, "device_cert", writer_view(&self->device_cert));
    }
    return status == RB_OK ? setting_put(store, "seal_key", writer_view(&self->seal_key)) : status;
}

enum rb_status self_save(const struct self *self, struct store *store) {
    const struct span store_inc = span_of(self->view.store_inc, sizeof self->view.store_inc);
    enum rb_status status = setting_put(store, "store_inc", store_inc);

    if (status == RB_OK) {
        status = certs_put(store, self);
    }
    return status == RB_OK ? identity_save(self->identity, store) : status;
}

static enum rb_status store_inc_load(struct self *self, struct store *store) {
    struct writer value;

    writer_init(&value, STORE_INC_BYTES);
    enum rb_status status = setting_get(store, "store_inc", &value);
    if (status == RB_OK && value.len != STORE_INC_BYTES) {
        status = RB_DAMAGED;
    }
    if (status == RB_OK) {
        memcpy(self->view.store_inc, value.data, STORE_INC_BYTES);
    }
    writer_clear(&value);
    return status;
}

/* In a store of before, who never got a letter has no chain. */
static enum rb_status certs_load(struct self *self, struct store *store) {
    bool has_chain = false;
    enum rb_status status = setting_get(store, "person_cert", &self->person_cert);

    if (status == RB_OK) {
        status = setting_find(store, "chain", &self->chain, &has_chain);
    }
    if (status == RB_OK) {
        status = setting_get(store, "device_cert", &self->device_cert);
    }
    if (status == RB_OK) {
        status = setting_get(store, "seal_key", &self->seal_key);
    }
    return status == RB_OK ? view_fill(self) : status;
}

/* The person's secret is in the home where it was made; a further device never had it. */
static enum rb_status person_load(struct self *self, struct store *store) {
    const struct span no_name = { 0 };
    struct identity *identity = self->identity;
    const enum rb_status status = keyring_get(store, SECRET_PERSON, no_name, identity->person.seed,
                                              sizeof identity->person.seed);

    identity->is_further = status == RB_NOT_FOUND;
    memcpy(identity->person.public, self->view.person_cert.subject, SIGN_PUBLIC_BYTES);
    return status == RB_NOT_FOUND ? RB_OK : status;
}

static enum rb_status identity_load(struct identity *identity, uint32_t seal_generation,
                                    struct store *store) {
    const struct span no_name = { 0 };
    uint8_t generation[SEAL_NAME_BYTES];
    enum rb_status status = keyring_get(store, SECRET_DEVICE, no_name, identity->device_seed,
                                        sizeof identity->device_seed);

    if (status == RB_OK) {
        status = keyring_get(store, SECRET_SEAL, keyring_seal_name(seal_generation, generation),
                             identity->seal.secret, sizeof identity->seal.secret);
    }
    if (status != RB_OK) {
        return status == RB_NOT_FOUND ? RB_DAMAGED : status;
    }
    identity->seal_generation = seal_generation;
    identity_derive(identity);
    return RB_OK;
}

enum rb_status self_load(struct self *self, struct store *store) {
    enum rb_status status = store_inc_load(self, store);

    if (status == RB_OK) {
        status = certs_load(self, store);
    }
    if (status == RB_OK) {
        status = person_load(self, store);
    }
    if (status == RB_OK) {
        status = identity_load(self->identity, self->view.seal.generation, store);
    }
    if (status == RB_OK && !keys_fit(self)) {
        status = RB_DAMAGED;
    }
    return status;
}

/* ---- Letters ---- */

static enum rb_status letter_check(const struct store_self *view, struct span person_cert,
                                   struct span chain) {
    struct cert person;
    struct letter letter;
    enum rb_status status = cert_decode(person_cert, &person);

    if (status != RB_OK) {
        return status;
    }
    if (!crypt_equal(person.person, view->person, sizeof person.person)) {
        return RB_REFUSED;
    }
    return cert_verify_chain(&person, &view->device_cert, chain, &letter);
}

static enum rb_status letter_save(struct store *store, struct span person_cert, struct span chain) {
    enum rb_status status = store_write_begin(store);

    if (status != RB_OK) {
        return status;
    }
    return store_write_end(store, letter_put(store, person_cert, chain));
}

enum rb_status self_take_letter(struct store *store, struct span person_cert, struct span chain) {
    struct self *self = store_own(store);
    struct self renewed;
    enum rb_status status = letter_check(&self->view, person_cert, chain);

    if (status != RB_OK) {
        return status;
    }
    self_init(&renewed, self->identity);
    memcpy(renewed.view.store_inc, self->view.store_inc, sizeof renewed.view.store_inc);
    writer_span(&renewed.person_cert, person_cert);
    writer_span(&renewed.chain, chain);
    writer_span(&renewed.device_cert, writer_view(&self->device_cert));
    writer_span(&renewed.seal_key, writer_view(&self->seal_key));
    status = view_fill(&renewed);
    if (status == RB_OK) {
        status = letter_save(store, person_cert, chain);
    }
    if (status == RB_OK) {
        self_clear(self);
        *self = renewed;
    } else {
        self_clear(&renewed);
    }
    return status;
}

/* ---- Seal keys ---- */

static enum rb_status seal_save(struct store *store, const struct identity *identity,
                                struct span seal_key) {
    enum rb_status status = store_write_begin(store);

    if (status != RB_OK) {
        return status;
    }
    status = seal_put(store, identity);
    if (status == RB_OK) {
        status = setting_put(store, "seal_key", seal_key);
    }
    return store_write_end(store, status);
}

enum rb_status self_renew_seal(struct store *store, int64_t now_ms) {
    struct self *self = store_own(store);
    struct identity *identity = crypt_secret_alloc(sizeof *identity);
    struct self renewed;

    *identity = *self->identity;
    identity->seal_generation++;
    crypt_box_new(&identity->seal);
    self_init(&renewed, self->identity);
    memcpy(renewed.view.store_inc, self->view.store_inc, sizeof renewed.view.store_inc);
    writer_span(&renewed.person_cert, writer_view(&self->person_cert));
    writer_span(&renewed.chain, writer_view(&self->chain));
    writer_span(&renewed.device_cert, writer_view(&self->device_cert));
    enum rb_status status =
        seal_key_issue(&renewed.seal_key, identity, self->view.device_cert.id, now_ms);
    if (status == RB_OK) {
        status = view_fill(&renewed);
    }
    if (status == RB_OK) {
        status = seal_save(store, identity, writer_view(&renewed.seal_key));
    }
    if (status == RB_OK) {
        *self->identity = *identity;
        self_clear(self);
        *self = renewed;
    } else {
        self_clear(&renewed);
    }
    crypt_secret_free(identity);
    return status;
}

/* ---- Becoming a further device ---- */

/* No seal key of before, since it was made under another certificate. */
static enum rb_status seals_forget(struct store *store) {
    uint32_t generations[SEALS_HELD_MAX];
    uint8_t name[SEAL_NAME_BYTES];
    size_t count = 0;

    enum rb_status status = keyring_seals(store, generations, SEALS_HELD_MAX, &count);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = keyring_remove(store, SECRET_SEAL, keyring_seal_name(generations[i], name));
    }
    return status;
}

/* Takes the place of what the home was made with; its person is nobody any more. */
static enum rb_status further_put(struct store *store, const struct self *further,
                                  const struct identity *identity) {
    const struct span no_name = { 0 };

    enum rb_status status = keyring_remove(store, SECRET_PERSON, no_name);
    if (status == RB_OK) {
        status = seals_forget(store);
    }
    if (status == RB_OK) {
        status = seal_put(store, identity);
    }
    if (status == RB_OK) {
        status = letters_forget(store);
    }
    return status == RB_OK ? certs_put(store, further) : status;
}

static enum rb_status further_save(struct store *store, const struct self *further,
                                   const struct identity *identity,
                                   const struct device_admission *admission, int64_t now_ms) {
    const struct card *by = &admission->by;
    const int64_t card_ms = by->issued_ms < now_ms ? by->issued_ms : now_ms;
    enum rb_status status = store_write_begin(store);

    if (status != RB_OK) {
        return status;
    }
    status = further_put(store, further, identity);
    if (status == RB_OK) {
        status = own_device_keep(store, &by->device, &by->seal, &admission->file.card, card_ms);
    }
    return store_write_end(store, status);
}

/* The keys of a further device: its own stay, but for the seal key. */
static void further_derive(struct identity *identity, const struct cert *person) {
    crypt_wipe(&identity->person, sizeof identity->person);
    memcpy(identity->person.public, person->subject, SIGN_PUBLIC_BYTES);
    identity->is_further = true;
    identity->seal_generation++;
    crypt_box_new(&identity->seal);
}

enum rb_status self_become_further(struct store *store, const struct device_admission *admission,
                                   int64_t now_ms) {
    struct self *self = store_own(store);
    struct identity *identity = crypt_secret_alloc(sizeof *identity);
    struct self further;

    *identity = *self->identity;
    further_derive(identity, &admission->person);
    self_init(&further, self->identity);
    memcpy(further.view.store_inc, self->view.store_inc, sizeof further.view.store_inc);
    writer_span(&further.person_cert, admission->file.person_cert);
    writer_span(&further.chain, admission->file.chain);
    writer_span(&further.device_cert, admission->file.device_cert);
    enum rb_status status =
        seal_key_issue(&further.seal_key, identity, admission->device.id, now_ms);
    if (status == RB_OK) {
        status = view_fill(&further);
    }
    if (status == RB_OK) {
        status = further_save(store, &further, identity, admission, now_ms);
    }
    if (status == RB_OK) {
        *self->identity = *identity;
        self_clear(self);
        *self = further;
    } else {
        self_clear(&further);
    }
    crypt_secret_free(identity);
    return status;
}
