package io.tideline.tools.process;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.tideline.api.v1.Entry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** The messages of a gzipped chat log, read by other code than the product's. */
record ChatFile(Path path, String channel, List<Message> messages) {
    record Message(String sender, String text) {
        static Message of(Entry entry) {
            return new Message(entry.getSender(), entry.getPayload().toStringUtf8());
        }
    }

    /** Reads a log of one channel. */
    static ChatFile read(Path path) throws IOException {
        JsonFactory json = new JsonFactory();
        List<Message> messages = new ArrayList<>();
        String channel = "";
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Map<String, String> fields = fields(json, line);
                channel = fields.get("channel");
                if ("message".equals(fields.get("kind"))) {
                    messages.add(new Message(fields.get("nick"), fields.getOrDefault("text", "")));
                }
            }
        }
        return new ChatFile(path, channel, messages);
    }

    private static Map<String, String> fields(JsonFactory json, String line) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser parser = json.createParser(line)) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                if (parser.currentToken() == JsonToken.VALUE_STRING) {
                    fields.put(parser.currentName(), parser.getText());
                }
            }
        }
        return fields;
    }

    long withoutText() {
        return messages.stream().filter(message -> message.text().isEmpty()).count();
    }
}
