"""Synthetic pictures, so that a class is more than the few sources that its folder has.

A folder of memes in one language, of faces cut out tightly, of cars in front of nothing teaches a
network the folder and not the class. So the default recipe now and then shows, in place of a
picture, one that is made from it: `cutouts` pastes it into another one, `memes` writes on ordinary
photos, `chats` and `documents` draw screenshots and documents, all of them on a `canvas`; `compose`
says which class gets which, and how often.
"""
