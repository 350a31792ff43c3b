"""Pictures drawn anew, so that a class is more than the few sources that its folder has.

A folder of memes in one language, of faces cut out tightly, of cars in front of nothing teaches a
network the folder and not the class. So the default recipe now and then shows, in place of a
picture, one that is imagined from it: `scenes` pastes it into another one, `captions` writes on
ordinary photos, `chats` and `pages` draw screenshots and documents, with the words of `writing`;
`imagination` says which class gets which, and how often, by the `dice`.
"""
