package io.tideline.core.operation;

import io.tideline.core.timeline.AppId;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What an operation is to do.
 *
 * @param kind which handler does it: 1 to 32 characters
 * @param app whose operators may see it; empty for those of the whole installation
 * @param fields as the kind says, at most {@value #MAX_FIELDS} of at most {@value #MAX_CHARS} characters
 */
public record OperationRequest(String kind, Optional<AppId> app, Map<String, String> fields) {
    public static final int MAX_FIELDS = 32;
    public static final int MAX_CHARS = 1024;

    public OperationRequest {
        Objects.requireNonNull(app, "app");
        fields = Map.copyOf(fields);
        if (kind.isEmpty() || kind.length() > 32) {
            throw new IllegalArgumentException("kind: " + kind.length() + " characters (expected: 1..32)");
        }
        if (fields.size() > MAX_FIELDS) {
            throw new IllegalArgumentException("fields: " + fields.size() + " (expected: 0.." + MAX_FIELDS + ")");
        }
        fields.forEach((name, value) -> {
            if (name.length() > MAX_CHARS || value.length() > MAX_CHARS) {
                throw new IllegalArgumentException(
                        "field " + name + ": " + value.length() + " characters (expected: 0.." + MAX_CHARS + ")");
            }
        });
    }

    /** A field that must be there. @throws IllegalArgumentException when it is not */
    public String field(String name) {
        return find(name)
                .orElseThrow(
                        () -> new IllegalArgumentException(name + ": missing (expected: a value for " + kind + ")"));
    }

    public Optional<String> find(String name) {
        return Optional.ofNullable(fields.get(name));
    }
}
