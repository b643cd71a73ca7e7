package io.tideline.store.search;

import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.Payload;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * Which payloads are text: those of the given kinds, of kinds that go on after one of them with a dot or a slash
 * ({@code text/markdown}, {@code text.html}), and those of which nobody said what they are, as far as they are UTF-8.
 */
public record TextKinds(Set<String> kinds) {
    /** {@code text}. */
    public static final TextKinds DEFAULT = new TextKinds(Set.of("text"));

    public TextKinds {
        kinds = Set.copyOf(kinds);
    }

    /** The text of a payload. */
    public Optional<String> text(MessageKind kind, Payload payload) {
        if (!isText(kind.value()) || payload.size() == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(payload.asReadOnlyByteBuffer())
                    .toString());
        } catch (CharacterCodingException e) {
            // Encrypted, or not what the kind says: found by sender, kind and time.
            return Optional.empty();
        }
    }

    private boolean isText(String kind) {
        if (kind.isEmpty() || kinds.contains(kind)) {
            return true;
        }
        return kinds.stream().anyMatch(text -> kind.startsWith(text + "/") || kind.startsWith(text + "."));
    }
}
