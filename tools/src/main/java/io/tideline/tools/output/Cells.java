package io.tideline.tools.output;

/** Text on its way to a terminal. */
final class Cells {
    private Cells() {}

    /** Replaces control characters by escapes: what users write must not move the cursor of whoever looks at it. */
    static String visible(String text) {
        StringBuilder visible = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) && visible == null) {
                visible = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            if (visible != null) {
                append(visible, c);
            }
        }
        return visible == null ? text : visible.toString();
    }

    private static void append(StringBuilder visible, char c) {
        switch (c) {
            case '\n' -> visible.append("\\n");
            case '\r' -> visible.append("\\r");
            case '\t' -> visible.append("\\t");
            default -> {
                if (Character.isISOControl(c)) {
                    visible.append("\\u%04x".formatted((int) c));
                } else {
                    visible.append(c);
                }
            }
        }
    }

    /** How many columns {@code text} takes, one for each code point. */
    static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
