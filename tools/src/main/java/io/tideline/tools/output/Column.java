package io.tideline.tools.output;

/**
 * A column of a table.
 *
 * @param field the name in {@link Fields}, printed in capitals as the title
 * @param numeric whether it is aligned to the right
 */
public record Column(String field, boolean numeric) {
    public static Column text(String field) {
        return new Column(field, false);
    }

    public static Column number(String field) {
        return new Column(field, true);
    }

    /** {@code clientMessageId} becomes {@code CLIENT_MESSAGE_ID}. */
    String title() {
        return field.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(java.util.Locale.ROOT);
    }
}
