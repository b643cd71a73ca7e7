package io.tideline.store.export;

import io.tideline.core.timeline.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** One JSON object on one line, its fields in the order in which they are put. Not thread safe. */
final class JsonLine {
    private final StringBuilder text = new StringBuilder("{");

    JsonLine put(String name, String value) {
        name(name);
        quote(value);
        return this;
    }

    JsonLine put(String name, long value) {
        name(name).append(value);
        return this;
    }

    JsonLine put(String name, boolean value) {
        name(name).append(value);
        return this;
    }

    JsonLine put(String name, Instant value) {
        return put(name, value.toString());
    }

    JsonLine put(String name, Map<String, String> values) {
        name(name);
        JsonLine inner = new JsonLine();
        new TreeMap<>(values).forEach(inner::put);
        text.append(inner.end());
        return this;
    }

    /** JSON as it is. */
    JsonLine putRaw(String name, String json) {
        name(name).append(json);
        return this;
    }

    /** As {@code text} when it is UTF-8, else as {@code payloadBase64}. */
    JsonLine put(Payload payload) {
        ByteBuffer bytes = payload.asReadOnlyByteBuffer();
        try {
            return put("text", StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
        } catch (CharacterCodingException e) {
            return put("payloadBase64", Base64.getEncoder().encodeToString(payload.toByteArray()));
        }
    }

    private StringBuilder name(String name) {
        if (text.length() > 1) {
            text.append(',');
        }
        quote(name);
        return text.append(':');
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    // Separators of lines are no control characters, and break readers of lines all the same.
                    if (c < 0x20 || c == '\u2028' || c == '\u2029') {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    String end() {
        return text + "}";
    }
}
