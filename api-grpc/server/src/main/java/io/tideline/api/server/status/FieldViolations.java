package io.tideline.api.server.status;

import com.google.rpc.BadRequest.FieldViolation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a request, field by field. Costs nothing while all is well; keeps the first {@value #MAX_KEPT}.
 * Not thread safe.
 */
public final class FieldViolations {
    private static final int MAX_KEPT = 20;

    private @Nullable List<FieldViolation> found;

    /**
     * Notes one.
     *
     * @param field path in the request's message, such as {@code entries[3].payload}
     * @param description what is there and what was expected; no content
     */
    public void add(String field, @Nullable String description) {
        if (found == null) {
            found = new ArrayList<>();
        }
        if (found.size() < MAX_KEPT) {
            found.add(FieldViolation.newBuilder()
                    .setField(field)
                    .setDescription(description == null ? "not acceptable" : description)
                    .build());
        }
    }

    /** Notes what a value of the core said about itself: {@code field: value (expected: …)}. */
    public void addAsWorded(IllegalArgumentException refusal, String otherwise) {
        @Nullable String message = refusal.getMessage();
        int colon = message == null ? -1 : message.indexOf(':');
        add(message == null || colon < 1 ? otherwise : message.substring(0, colon), message);
    }

    public boolean isEmpty() {
        return found == null;
    }

    public List<FieldViolation> list() {
        return found == null ? List.of() : found;
    }

    /**
     * Goes on when all is well.
     *
     * @throws CallFailure INVALID_ARGUMENT when anything was noted
     */
    public void throwIfAny() {
        if (found != null) {
            throw new CallFailure(Statuses.invalid(this));
        }
    }
}
