package io.tideline.store.search.lucene;

import io.tideline.store.search.SearchSubject;

/** Names of fields and of documents. */
final class Fields {
    static final String ID = "id";
    static final String DOC = "doc";
    static final String CONVERSATION = "conv";
    static final String TEXT = "text";
    static final String SENDER = "sender";
    static final String KIND = "kind";
    static final String TIME = "time";
    static final String SEQ = "seq";
    static final String VERSION = "version";
    static final String BY = "by";
    static final String DISSOLVED = "dissolved";
    static final String MEMBERS = "members";
    static final String ATTRIBUTE = "attr";
    static final String ATTRIBUTE_WORD = "attrword";
    static final String USER = "user";
    static final String ROLE = "role";
    static final String ACTIVE = "active";
    static final String JOINED = "joined";
    static final String POSITION = "pos";

    static final String MESSAGE = "m";
    static final String MEMBER = "u";
    static final String POSITION_DOC = "p";

    /** Between an attribute's name and its value or word: no name holds a control character. */
    static final char SEPARATOR = '\0';

    private Fields() {}

    static String document(SearchSubject subject) {
        return switch (subject) {
            case MESSAGES -> MESSAGE;
            case CONVERSATIONS -> "c";
            case MEMBERS -> MEMBER;
        };
    }

    static String messageId(String conversation, long seq) {
        return MESSAGE + seq + SEPARATOR + conversation;
    }

    static String conversationId(String conversation) {
        return "c" + conversation;
    }

    static String memberId(String conversation, String user) {
        return MEMBER + conversation + SEPARATOR + user;
    }

    static String positionId(String conversation) {
        return POSITION_DOC + conversation;
    }
}
