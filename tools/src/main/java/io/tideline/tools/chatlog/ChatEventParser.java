package io.tideline.tools.chatlog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads the JSON object of one line: {@code ts, channel, kind, nick, text, to}, strings all, each may be missing or null.
 * Other fields are passed over.
 */
public final class ChatEventParser {
    private static final JsonFactory FACTORY = new JsonFactory();

    private ChatEventParser() {}

    /** The event of a line. @throws MalformedChatLogException when it is not one JSON object of strings */
    public static ChatEvent parse(long line, String json) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedChatLogException(line, "not a JSON object");
            }
            Map<String, String> fields = readFields(line, parser);
            if (parser.nextToken() != null) {
                throw new MalformedChatLogException(line, "more than one JSON value");
            }
            return new ChatEvent(
                    line,
                    fields.getOrDefault("ts", ""),
                    fields.getOrDefault("channel", ""),
                    fields.getOrDefault("kind", ""),
                    fields.getOrDefault("nick", ""),
                    fields.getOrDefault("text", ""),
                    fields.getOrDefault("to", ""));
        } catch (JsonProcessingException malformed) {
            // Jackson's own message would quote the line, which is user content.
            throw new MalformedChatLogException(
                    line, "not JSON, at column " + malformed.getLocation().getColumnNr());
        } catch (IOException impossible) {
            throw new MalformedChatLogException(line, "unreadable");
        }
    }

    private static Map<String, String> readFields(long line, JsonParser parser) throws IOException {
        Map<String, String> fields = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "ts", "channel", "kind", "nick", "text", "to" -> {
                    if (value == JsonToken.VALUE_STRING) {
                        fields.put(name, parser.getText());
                    } else if (value != JsonToken.VALUE_NULL) {
                        throw new MalformedChatLogException(line, name + " is not a string");
                    }
                }
                default -> parser.skipChildren();
            }
        }
        return fields;
    }
}
