/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/self.h"

#include "store/db.h"
#include "store/keyring.h"

#include <string.h>

void self_init(struct self *self, struct identity *identity) {
    *self = (struct self) { .identity = identity, .view.identity = identity };
    writer_init(&self->person_cert, CERT_BYTES_MAX);
    writer_init(&self->device_cert, CERT_BYTES_MAX);
    writer_init(&self->seal_key, CERT_BYTES_MAX);
}

void self_clear(struct self *self) {
    writer_clear(&self->person_cert);
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
        status = cert_verify_pair(&view->person_cert, &view->device_cert);
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
        " VALUES (?1, ?2)";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_text(row, 1, span_text(name));
    db_bind_blob(row, 2, value);
    return db_run(row);
}

/* Appends the value; RB_DAMAGED if it is missing or too large. */
static enum rb_status setting_get(struct store *store, const char *name, struct writer *value) {
    static const char sql[] =
        "SELECT value"
        " FROM setting"
        " WHERE name = ?1";
    struct db_row *row = db_query(store_db(store), sql);
    bool found = false;

    db_bind_text(row, 1, span_text(name));
    if (db_step(row)) {
        writer_span(value, db_blob(row, 0));
        found = writer_end(value) == RB_OK;
    }
    const enum rb_status status = db_end(row);
    if (status != RB_OK) {
        return status;
    }
    return found ? RB_OK : RB_DAMAGED;
}

/* The name of a seal key in the keyring. */
static struct span generation_name(uint32_t generation, uint8_t out[static 4]) {
    for (size_t i = 0; i < 4; i++) {
        out[i] = (uint8_t)(generation >> (8 * i));
    }
    return span_of(out, 4);
}

static enum rb_status identity_save(const struct identity *identity, struct store *store) {
    const struct span no_name = { 0 };
    const struct span person = span_of(identity->person.seed, sizeof identity->person.seed);
    const struct span device = span_of(identity->device_seed, sizeof identity->device_seed);
    const struct span seal = span_of(identity->seal.secret, sizeof identity->seal.secret);
    uint8_t generation[4];
    enum rb_status status = keyring_put(store, SECRET_PERSON, no_name, person);

    if (status == RB_OK) {
        status = keyring_put(store, SECRET_DEVICE, no_name, device);
    }
    if (status == RB_OK) {
        status = keyring_put(store, SECRET_SEAL,
                             generation_name(identity->seal_generation, generation), seal);
    }
    return status;
}

enum rb_status self_save(const struct self *self, struct store *store) {
    const struct span store_inc = span_of(self->view.store_inc, sizeof self->view.store_inc);
    enum rb_status status = setting_put(store, "store_inc", store_inc);

    if (status == RB_OK) {
        status = setting_put(store, "person_cert", writer_view(&self->person_cert));
    }
    if (status == RB_OK) {
        status = setting_put(store, "device_cert", writer_view(&self->device_cert));
    }
    if (status == RB_OK) {
        status = setting_put(store, "seal_key", writer_view(&self->seal_key));
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

static enum rb_status certs_load(struct self *self, struct store *store) {
    enum rb_status status = setting_get(store, "person_cert", &self->person_cert);

    if (status == RB_OK) {
        status = setting_get(store, "device_cert", &self->device_cert);
    }
    if (status == RB_OK) {
        status = setting_get(store, "seal_key", &self->seal_key);
    }
    return status == RB_OK ? view_fill(self) : status;
}

static enum rb_status identity_load(struct identity *identity, uint32_t seal_generation,
                                    struct store *store) {
    const struct span no_name = { 0 };
    uint8_t generation[4];
    enum rb_status status = keyring_get(store, SECRET_PERSON, no_name, identity->person.seed,
                                        sizeof identity->person.seed);

    if (status == RB_OK) {
        status = keyring_get(store, SECRET_DEVICE, no_name, identity->device_seed,
                             sizeof identity->device_seed);
    }
    if (status == RB_OK) {
        status = keyring_get(store, SECRET_SEAL, generation_name(seal_generation, generation),
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
        status = identity_load(self->identity, self->view.seal.generation, store);
    }
    if (status == RB_OK && !keys_fit(self)) {
        status = RB_DAMAGED;
    }
    return status;
}
