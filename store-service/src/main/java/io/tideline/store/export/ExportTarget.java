package io.tideline.store.export;

import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.UserId;
import io.tideline.core.export.ExportFormat;
import io.tideline.core.timeline.AppId;
import java.util.List;

/** What is exported, and the parts that it has, each a file. */
sealed interface ExportTarget {
    AppId app();

    List<Part> parts();

    /** A file of an export. */
    enum Part {
        /** Of a conversation: what it is. */
        CONVERSATION("conversation"),
        /** Of a conversation: who is or was in it. */
        MEMBERS("members"),
        /** Of a user: his conversations with his settings in each. */
        CONVERSATIONS("conversations"),
        /** Of a conversation: everything, as it shows now. Of a user: what he said, with all its edits. */
        MESSAGES("messages"),
        /** Of a user: what was said to him alone. */
        PERSONAL("personal"),
        /** Of a user: what was announced to him. */
        INBOX("inbox"),
        /** Of a user. */
        DEVICES("devices");

        private final String name;

        Part(String name) {
            this.name = name;
        }

        /** As it is read, and as it stays unless another format is asked for. */
        String file() {
            return name + ".jsonl.gz";
        }

        String file(ExportFormat format) {
            return name + "." + format.name();
        }
    }

    /** Everything of one user. */
    record OneUser(AppId app, UserId user) implements ExportTarget {
        @Override
        public List<Part> parts() {
            return List.of(Part.CONVERSATIONS, Part.MESSAGES, Part.PERSONAL, Part.INBOX, Part.DEVICES);
        }
    }

    /** Everything of one conversation. */
    record OneConversation(AppId app, ConversationId conversation) implements ExportTarget {
        @Override
        public List<Part> parts() {
            return List.of(Part.CONVERSATION, Part.MEMBERS, Part.MESSAGES);
        }
    }
}
