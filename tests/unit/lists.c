/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The code lists; with REMBUK_FIELD_DATA also against the files of facts they were taken from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/lists.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void every_row_is_found_by_its_code(void **state) {
    const struct list_row *rows;
    const size_t count = lists_all(&rows);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(list_find(rows[i].list, span_text(rows[i].code)), &rows[i]);
        assert_true(rows[i].name[0] != '\0' && rows[i].english[0] != '\0');
        assert_true(rows[i].age_max == AGE_ANY || rows[i].age_min <= rows[i].age_max);
        assert_true(rows[i].before == NULL ||
                    list_find(rows[i].list, span_text(rows[i].before)) != NULL);
    }
    assert_null(list_find(LIST_CATEGORY, span_text("2012:27")));
    assert_null(list_find(LIST_RESOURCE, span_text("AJ")));
}

static void every_code_fits_its_field(void **state) {
    const struct field *category = form_field(form_find(FORM_FACTS), FACTS_CATEGORY);
    const struct list_row *rows;
    const size_t count = lists_all(&rows);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        const struct field_value value = { .bytes = span_text(rows[i].code) };
        assert_int_equal(field_value_check(category, &value), RB_OK);
    }
}

static void ages_are_in_completed_years(void **state) {
    const struct list_row *infant = list_find(LIST_CATEGORY, span_text("2012:01"));
    (void)state;

    assert_true(list_fits_age(infant, age_value(0, AGE_YEARS)));
    assert_true(list_fits_age(infant, age_value(5, AGE_YEARS)));
    assert_false(list_fits_age(infant, age_value(6, AGE_YEARS)));
    assert_true(list_fits_age(infant, age_value(60, AGE_MONTHS)));
    assert_true(
        list_fits_age(list_find(LIST_CATEGORY, span_text("2012:08")), age_value(99, AGE_YEARS)));
}

static void a_category_belongs_to_the_cluster_that_helps(void **state) {
    (void)state;

    assert_string_equal(category_cluster(span_text("2012:03")), "ABH");
    assert_null(category_cluster(span_text("2012:24")));
    assert_null(category_cluster(span_text("")));
}

/* ---- The files of facts ---- */

static json_t *facts_load(const char *file) {
    const char *folder = getenv("REMBUK_FIELD_DATA");
    char path[4096];

    if (folder == NULL) {
        return NULL;
    }
    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    json_t *facts = json_load_file(path, 0, NULL);
    assert_non_null(facts);
    return facts;
}

static int bound_of(const json_t *category, const char *key) {
    const json_t *bound = json_object_get(category, key);

    return json_is_integer(bound) ? (int)json_integer_value(bound) : AGE_ANY;
}

static void category_agrees(const char *version, const json_t *category) {
    char code[32];

    (void)snprintf(code, sizeof code, "%s:%s", version,
                   json_string_value(json_object_get(category, "code")));
    const struct list_row *row = list_find(LIST_CATEGORY, span_text(code));
    assert_non_null(row);
    assert_string_equal(row->name_before != NULL ? row->name_before : row->name,
                        json_string_value(json_object_get(category, "name")));
    assert_int_equal(row->age_min, bound_of(category, "min_age"));
    assert_int_equal(row->age_max, bound_of(category, "max_age"));
    assert_int_equal(row->is_sensitive, json_is_true(json_object_get(category, "sensitive")));
    const json_t *before = json_array_get(json_object_get(category, "from_2009"), 0);
    assert_int_equal(row->before != NULL, before != NULL);
    if (before != NULL) {
        assert_string_equal(row->before + strlen("2009:"), json_string_value(before));
    }
}

static void the_categories_are_those_of_the_sources(void **state) {
    json_t *facts = facts_load("pmks.json");
    size_t i, k;
    json_t *version, *category;
    (void)state;

    if (facts == NULL) {
        skip();
    }
    json_array_foreach(json_object_get(facts, "versions"), i, version) {
        const char *year = json_string_value(json_object_get(version, "version"));
        json_array_foreach(json_object_get(version, "categories"), k, category) {
            category_agrees(year, category);
        }
    }
    json_decref(facts);
}

static void the_resources_are_those_of_the_sources(void **state) {
    json_t *facts = facts_load("psks.json");
    size_t i, k;
    json_t *version, *kind;
    char code[32];
    (void)state;

    if (facts == NULL) {
        skip();
    }
    json_array_foreach(json_object_get(facts, "versions"), i, version) {
        json_array_foreach(json_object_get(version, "kinds"), k, kind) {
            (void)snprintf(code, sizeof code, "%s:%02zu",
                           json_string_value(json_object_get(version, "version")), k + 1);
            const struct list_row *row = list_find(LIST_RESOURCE, span_text(code));
            assert_non_null(row);
            assert_string_equal(row->name, json_string_value(kind));
        }
    }
    json_decref(facts);
}

static void the_clusters_are_those_of_the_sources(void **state) {
    json_t *facts = facts_load("clusters.json");
    json_t *cluster;
    size_t i;
    (void)state;

    if (facts == NULL) {
        skip();
    }
    json_array_foreach(json_object_get(facts, "clusters"), i, cluster) {
        const struct list_row *row =
            list_find(LIST_CLUSTER, span_text(json_string_value(json_object_get(cluster, "code"))));
        assert_non_null(row);
        assert_string_equal(row->name_before != NULL ? row->name_before : row->name,
                            json_string_value(json_object_get(cluster, "name_id")));
    }
    json_decref(facts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_found_by_its_code),
        cmocka_unit_test(every_code_fits_its_field),
        cmocka_unit_test(ages_are_in_completed_years),
        cmocka_unit_test(a_category_belongs_to_the_cluster_that_helps),
        cmocka_unit_test(the_categories_are_those_of_the_sources),
        cmocka_unit_test(the_resources_are_those_of_the_sources),
        cmocka_unit_test(the_clusters_are_those_of_the_sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
