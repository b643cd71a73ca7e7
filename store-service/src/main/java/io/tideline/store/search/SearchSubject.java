package io.tideline.store.search;

import java.util.Map;
import java.util.Optional;

/** What is looked for. Decides which fields a query may name. */
public enum SearchSubject {
    /** Messages as they show now. */
    MESSAGES(
            Map.of(
                    "from", FieldKind.KEYWORD,
                    "kind", FieldKind.KEYWORD,
                    "in", FieldKind.KEYWORD,
                    "time", FieldKind.TIME,
                    "seq", FieldKind.NUMBER),
            false),
    /** Conversations; every other field is one of their attributes. */
    CONVERSATIONS(
            Map.of(
                    "id", FieldKind.KEYWORD,
                    "kind", FieldKind.KEYWORD,
                    "by", FieldKind.KEYWORD,
                    "dissolved", FieldKind.KEYWORD,
                    "members", FieldKind.NUMBER,
                    "created", FieldKind.TIME),
            true),
    /** Members of conversations, former ones among them. */
    MEMBERS(
            Map.of(
                    "in", FieldKind.KEYWORD,
                    "user", FieldKind.KEYWORD,
                    "role", FieldKind.KEYWORD,
                    "active", FieldKind.KEYWORD,
                    "joined", FieldKind.NUMBER),
            false);

    /** How the values of a field compare. */
    public enum FieldKind {
        /** By the whole of it. */
        KEYWORD,
        /** A whole number. */
        NUMBER,
        /** A day or an instant. */
        TIME,
        /** Words; and by the whole of it. */
        ATTRIBUTE
    }

    @SuppressWarnings("ImmutableEnumChecker") // Map.of makes one that cannot change
    private final Map<String, FieldKind> fields;

    private final boolean attributes;

    SearchSubject(Map<String, FieldKind> fields, boolean attributes) {
        this.fields = fields;
        this.attributes = attributes;
    }

    /** Empty when there is no such field: then its name is a word like any other. */
    public Optional<FieldKind> field(String name) {
        FieldKind kind = fields.get(name);
        if (kind != null) {
            return Optional.of(kind);
        }
        return attributes && !name.isEmpty() ? Optional.of(FieldKind.ATTRIBUTE) : Optional.empty();
    }
}
