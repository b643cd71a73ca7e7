package io.tideline.tools.output;

/** How answers are printed. The names are what stands behind {@code -o}. */
public enum OutputFormat {
    /** Aligned columns for people; control characters are shown, not sent to the terminal. */
    table,
    /** One JSON document: an array of records, or one object where the answer is one thing. */
    json,
    /** One JSON object a line, printed as soon as it is there. */
    jsonl
}
