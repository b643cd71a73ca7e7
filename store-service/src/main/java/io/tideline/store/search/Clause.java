package io.tideline.store.search;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a document must be like. A field is one of its {@link SearchSubject}; {@link #TEXT} is what was said or, of
 * conversations, the values of all attributes.
 */
public sealed interface Clause {
    /** The field that is meant when none is named. */
    String TEXT = "";

    /** All of these. */
    record All(List<Clause> clauses) implements Clause {
        public All {
            clauses = List.copyOf(clauses);
        }
    }

    /** At least one of these. */
    record Any(List<Clause> clauses) implements Clause {
        public Any {
            clauses = List.copyOf(clauses);
        }
    }

    /** Not this. */
    record Not(Clause clause) implements Clause {
        public Not {
            Objects.requireNonNull(clause, "clause");
        }
    }

    /**
     * One word, whatever its case; of a keyword the whole of it. What the engine takes for several words stands next to each
     * other in that order.
     */
    record Word(String field, String text) implements Clause {}

    /**
     * Words in this order.
     *
     * @param slop how many other words may stand between them, 0 to {@value QueryText#MAX_SLOP}
     */
    record Phrase(String field, String text, int slop) implements Clause {}

    /** A word that begins so; of a keyword the whole of it. */
    record Prefix(String field, String text) implements Clause {}

    /** A keyword or a whole attribute, as it was written. */
    record Exact(String field, String value) implements Clause {}

    /** One of several keywords: the same as {@link Any} of {@link Exact}, for long lists. */
    record OneOf(String field, List<String> values) implements Clause {
        public OneOf {
            values = List.copyOf(values);
        }
    }

    /** A number, or a time in milliseconds since 1970; both ends included. */
    record Numbers(String field, long from, long to) implements Clause {}

    /**
     * A whole attribute, in the order of code points.
     *
     * @param from empty for no bound
     * @param to empty for no bound
     */
    record Texts(String field, Optional<String> from, boolean fromIncluded, Optional<String> to, boolean toIncluded)
            implements Clause {
        public Texts {
            Objects.requireNonNull(from, "from");
            Objects.requireNonNull(to, "to");
        }
    }
}
